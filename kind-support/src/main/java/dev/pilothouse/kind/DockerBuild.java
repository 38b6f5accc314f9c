package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.BuildResponseItem;
import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One build by Docker's classic builder. Its errors come in the middle of an answer "200 OK". */
final class DockerBuild {
  private static final int SHOWN_LINES = 20;
  private static final Pattern STEP_RESULT = Pattern.compile(" ---> ([0-9a-f]{12})");
  private static final Pattern NO_BASE =
      Pattern.compile(
          "pull access denied|manifest unknown|manifest for .* not found|no such host"
              + "|connection refused|i/o timeout|network is unreachable|failed to resolve");

  private final String tried;
  private final DockerClient docker;
  private final String reference;
  private final Consumer<ImageEvent> progress;
  private final List<String> lines = new ArrayList<>();
  private final StringBuilder line = new StringBuilder();
  private @Nullable String error;

  DockerBuild(String tried, DockerClient docker, String reference, Consumer<ImageEvent> progress) {
    this.tried = tried;
    this.docker = docker;
    this.reference = reference;
    this.progress = progress;
  }

  void run(
      BuildContext context,
      String architecture,
      Map<String, String> labels,
      Map<String, String> arguments)
      throws InterruptedException {
    BuildImageCmd build =
        docker
            .buildImageCmd()
            .withDockerfilePath(BuildContext.DOCKERFILE)
            .withTags(Set.of(reference))
            .withLabels(labels)
            .withForcerm(true);
    arguments.forEach(build::withBuildArg);
    if (context.dockerfile().contains("TARGETARCH") && !arguments.containsKey("TARGETARCH")) {
      build.withBuildArg("TARGETARCH", architecture); // BuildKit sets it by itself.
    }
    boolean done = false;
    try (InputStream tar = context.open();
        ResultCallback.Adapter<BuildResponseItem> answer =
            build.withTarInputStream(tar).exec(new Lines())) {
      answer.awaitCompletion();
      done = error == null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (!done) {
        removeSteps();
      }
    }
    if (error != null) {
      throw failed(error);
    }
  }

  private final class Lines extends ResultCallback.Adapter<BuildResponseItem> {
    @Override
    public void onNext(BuildResponseItem item) {
      if (item.getErrorDetail() != null) {
        error = item.getErrorDetail().getMessage();
      }
      String text = item.getStream() != null ? item.getStream() : "";
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\n') {
          tell(line.toString().stripTrailing());
          line.setLength(0);
        } else {
          line.append(c);
        }
      }
    }

    private void tell(String whole) {
      if (!whole.isBlank()) {
        synchronized (lines) {
          lines.add(whole);
        }
        progress.accept(new ImageEvent.Output(reference, whole));
      }
    }
  }

  private List<String> output() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  private ImageException failed(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    List<String> output = output();
    String shown =
        String.join(
            System.lineSeparator() + "  ",
            output.subList(Math.max(0, output.size() - SHOWN_LINES), output.size()));
    boolean full = DockerFailures.isNoSpace(text);
    boolean base = NO_BASE.matcher(lower).find();
    return new ImageException(
        full ? Reason.NO_SPACE : base ? Reason.NO_SUCH_IMAGE : Reason.BUILD_FAILED,
        tried + " as " + reference,
        text.strip() + System.lineSeparator() + "  " + shown,
        full
            ? "make space: \"docker system df\" shows what Docker holds"
            : base ? "look whether the base image can be pulled (docker pull), or load it" : "",
        null,
        null);
  }

  /** The steps of a build that failed stay as images without a name: those that it made go. */
  private void removeSteps() {
    List<String> made = new ArrayList<>();
    boolean cached = true;
    for (String text : output()) {
      Matcher result = STEP_RESULT.matcher(text);
      if (text.startsWith("Step ")) {
        cached = text.contains(" : FROM ");
      } else if (text.contains("Using cache")) {
        cached = true;
      } else if (result.matches() && !cached) {
        made.add(0, result.group(1));
      }
    }
    made.forEach(this::removeStep);
  }

  private void removeStep(String id) {
    try {
      docker.removeImageCmd(id).exec();
    } catch (NotFoundException e) {
      return; // Gone with the one above.
    } catch (ConflictException e) {
      progress.accept(new ImageEvent.Output(reference, "step " + id + " stays, it is in use"));
    }
  }
}
