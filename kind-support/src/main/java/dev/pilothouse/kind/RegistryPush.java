package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.model.PushResponseItem;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.ImageIstiod;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.DeliveryEvent;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.source.IstiodBinary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Pushes an image into a registry that the nodes can pull from. */
final class RegistryPush implements Delivery {
  private final DockerHost host;
  private final ImageBuilder builder;
  private final ImageSpec spec;
  private final Consumer<DeliveryEvent> progress;
  private final PushedImages pushed = new PushedImages();

  RegistryPush(
      DockerHost host, ImageBuilder builder, ImageSpec spec, Consumer<DeliveryEvent> progress) {
    this.host = host;
    this.builder = builder;
    this.spec = spec;
    this.progress = progress;
  }

  @Override
  public DeliveredIstiod deliver(IstiodBinary binary, Cluster target, String place) {
    long start = System.nanoTime();
    BuiltImage image = builder.build(binary, spec);
    String exact =
        builder instanceof JibImageBuilder jib
            ? jib.exact(image).orElseThrow(RegistryPush::noRegistry)
            : push(image.reference());
    if (!(builder instanceof JibImageBuilder)) {
      builder.prune(spec, NodePruning.KEPT); // What lies in Docker's store, for the way.
    }
    boolean changed = pushed.add(target, exact, image.reference());
    if (changed) {
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      progress.accept(new DeliveryEvent.Delivered(spec.hub(), image.reference(), took));
      pushed.prune(target, progress);
    } else {
      progress.accept(new DeliveryEvent.Unchanged(spec.hub(), image.reference()));
    }
    return new ImageIstiod(exact, DeliveredIstiod.IF_NOT_PRESENT, changed);
  }

  private static IllegalArgumentException noRegistry() {
    return new IllegalArgumentException(
        "an archive is not in a registry: push with ImageBuilders.registry or ImageBuilders.docker");
  }

  private String push(String reference) {
    String tried = "pushing " + reference;
    return new DockerFailures(tried, host)
        .guard(
            () -> {
              try (DockerClient docker = host.client()) {
                String repository = ImageNames.repository(reference);
                String tag = reference.substring(repository.length() + 1);
                Answer answer = new Answer();
                docker.pushImageCmd(repository).withTag(tag).exec(answer);
                await(tried, answer);
                List<String> digests = docker.inspectImageCmd(reference).exec().getRepoDigests();
                return digests == null
                    ? reference
                    : digests.stream()
                        .filter(digest -> digest.startsWith(repository + "@"))
                        .findFirst()
                        .orElse(reference);
              }
            });
  }

  private static void await(String tried, Answer answer) throws InterruptedException {
    try (answer) {
      answer.awaitCompletion();
    } catch (DockerClientException e) {
      throw refused(tried, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (answer.error != null) {
      throw refused(tried, answer.error);
    }
  }

  private static ImageException refused(String tried, String text) {
    return new ImageException(
        Reason.REGISTRY_REFUSED,
        tried,
        text,
        "look whether the registry answers and whether you are logged in (docker login); one that"
            + " speaks plain HTTP has to be on loopback, or among Docker's insecure registries",
        null,
        null);
  }

  /** Errors come in the middle of an answer "200 OK". */
  private static final class Answer extends ResultCallback.Adapter<PushResponseItem> {
    private volatile @Nullable String error;

    @Override
    public void onNext(PushResponseItem item) {
      if (item.getErrorDetail() != null) {
        error = item.getErrorDetail().getMessage();
      }
    }
  }
}
