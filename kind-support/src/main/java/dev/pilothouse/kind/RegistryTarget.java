package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageLabels;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A registry. */
final class RegistryTarget implements JibTarget {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryTarget.class);

  private final List<BuiltImage> pushed = new CopyOnWriteArrayList<>();

  /** By reference, the digest under which the registry has it. */
  private final Map<String, String> digests = new ConcurrentHashMap<>();

  @Override
  public RunDirectory openRun() {
    return RunDirectory.open("image");
  }

  @Override
  public Containerizer containerizer(String reference, Path draft)
      throws InvalidImageReferenceException {
    ImageReference name = ImageReference.parse(reference);
    return Containerizer.to(withCredentials(RegistryImage.named(name), name))
        .setAllowInsecureRegistries(isLoopback(name));
  }

  static boolean isLoopback(ImageReference name) {
    return name.getRegistry().matches("(localhost|127\\..*|\\[::1])(:\\d+)?");
  }

  static RegistryImage withCredentials(RegistryImage image, ImageReference name) {
    CredentialRetrieverFactory credentials = CredentialRetrieverFactory.forImage(name, event -> {});
    return image
        .addCredentialRetriever(credentials.dockerConfig())
        .addCredentialRetriever(credentials.wellKnownCredentialHelpers());
  }

  @Override
  public Optional<BuiltImage> find(String reference, String contentHash)
      throws InterruptedException {
    try {
      RegistryApi registry = RegistryApi.of(reference);
      String digest = registry.digest(tag(reference)).orElse("");
      if (digest.isEmpty()) {
        return Optional.empty();
      }
      JsonNode manifest = registry.manifest(digest).orElse(MissingNode.getInstance());
      String id = manifest.at("/config/digest").asText();
      JsonNode config =
          id.isEmpty() ? manifest : registry.blob(id).orElse(MissingNode.getInstance());
      JsonNode labels = config.at("/config/Labels");
      if (!contentHash.equals(labels.path(ImageLabels.CONTENT).asText())) {
        return Optional.empty();
      }
      return Optional.of(keep(image(reference, id, config), Path.of(""), digest));
    } catch (IOException | DateTimeParseException e) {
      LOG.debug("What the registry has of {} cannot be seen: pushing tells more", reference, e);
      return Optional.empty();
    }
  }

  private static BuiltImage image(String reference, String id, JsonNode config) {
    Map<String, String> labels = new HashMap<>();
    config
        .at("/config/Labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return new BuiltImage(
        reference,
        id,
        config.path("os").asText() + "/" + config.path("architecture").asText(),
        Instant.parse(config.path("created").asText()),
        labels,
        Optional.empty());
  }

  static String tag(String reference) {
    return reference.substring(ImageNames.repository(reference).length() + 1);
  }

  @Override
  public BuiltImage keep(BuiltImage image, Path draft, String digest) {
    digests.put(image.reference(), digest);
    pushed.removeIf(before -> before.reference().equals(image.reference()));
    pushed.add(image);
    return image;
  }

  /** An image that was pushed or found here, by its digest. */
  String exact(BuiltImage image) {
    return ImageNames.repository(image.reference()) + "@" + digests.get(image.reference());
  }

  @Override
  public List<BuiltImage> list() {
    return List.copyOf(pushed);
  }

  @Override
  public boolean remove(BuiltImage image) throws InterruptedException {
    String reference = image.reference();
    try {
      RegistryApi.of(reference).delete(String.valueOf(digests.get(reference)), tag(reference));
      pushed.remove(image);
      digests.remove(reference);
      return true;
    } catch (IOException e) {
      LOG.info("{} stays in its registry: {}", reference, e.getMessage());
      return false;
    }
  }
}
