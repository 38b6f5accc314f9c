package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Where images go that are built without Docker. */
interface JibTarget {
  /** A folder for what is half-made; on the disk of what is finished, where that is a file. */
  RunDirectory openRun() throws IOException;

  /** Where the image is written while it is made, or pushed. */
  Containerizer containerizer(String reference, Path draft) throws InvalidImageReferenceException;

  /** Puts a finished image where it belongs. */
  BuiltImage keep(BuiltImage image, Path draft) throws IOException;

  /** What there is, in any order. */
  List<BuiltImage> list() throws IOException;

  /** Whether it could be removed. */
  boolean remove(BuiltImage image) throws IOException;

  /** Files in a folder. Beside each lies what is known of it. */
  record Archives(Path directory) implements JibTarget {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KNOWN = ".json";

    @Override
    public RunDirectory openRun() throws IOException {
      Files.createDirectories(directory);
      return RunDirectory.open(directory.toAbsolutePath().resolve(".drafts"), "image");
    }

    @Override
    public Containerizer containerizer(String reference, Path draft)
        throws InvalidImageReferenceException {
      return Containerizer.to(TarImage.at(draft).named(reference));
    }

    @Override
    public BuiltImage keep(BuiltImage image, Path draft) throws IOException {
      String name = image.reference().replaceAll("[/:]", "_") + ".tar";
      Path archive = directory.resolve(name);
      ObjectNode known = JSON.createObjectNode();
      known.put("reference", image.reference()).put("id", image.id());
      known.put("platform", image.platform()).put("created", image.created().toString());
      image.labels().forEach(known.putObject("labels")::put);
      Path knownDraft = draft.resolveSibling(name + KNOWN);
      JSON.writeValue(knownDraft.toFile(), known);
      Files.deleteIfExists(directory.resolve(name + KNOWN));
      Files.move(draft, archive, StandardCopyOption.REPLACE_EXISTING);
      Files.move(knownDraft, directory.resolve(name + KNOWN), StandardCopyOption.REPLACE_EXISTING);
      return with(image, archive);
    }

    private static BuiltImage with(BuiltImage image, Path archive) {
      return new BuiltImage(
          image.reference(),
          image.id(),
          image.platform(),
          image.created(),
          image.labels(),
          Optional.of(archive));
    }

    @Override
    public List<BuiltImage> list() throws IOException {
      if (!Files.isDirectory(directory)) {
        return List.of();
      }
      List<Path> known;
      try (Stream<Path> files = Files.list(directory)) {
        known = files.filter(file -> file.toString().endsWith(".tar" + KNOWN)).toList();
      }
      List<BuiltImage> images = new ArrayList<>();
      for (Path file : known) {
        String name = file.getFileName().toString();
        Path archive = file.resolveSibling(name.substring(0, name.length() - KNOWN.length()));
        if (Files.isRegularFile(archive)) {
          images.add(with(read(JSON.readTree(file.toFile())), archive));
        }
      }
      return images;
    }

    private static BuiltImage read(JsonNode known) {
      Map<String, String> labels = new HashMap<>();
      known.path("labels").properties().forEach(l -> labels.put(l.getKey(), l.getValue().asText()));
      return new BuiltImage(
          known.path("reference").asText(),
          known.path("id").asText(),
          known.path("platform").asText(),
          Instant.parse(known.path("created").asText()),
          labels,
          Optional.empty());
    }

    @Override
    public boolean remove(BuiltImage image) throws IOException {
      Path archive = image.archive().orElseThrow();
      Files.deleteIfExists(archive.resolveSibling(archive.getFileName() + KNOWN));
      return Files.deleteIfExists(archive);
    }
  }

  /** A registry. */
  final class Registry implements JibTarget {
    private final List<BuiltImage> pushed = new CopyOnWriteArrayList<>();

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
      CredentialRetrieverFactory credentials =
          CredentialRetrieverFactory.forImage(name, event -> {});
      return image
          .addCredentialRetriever(credentials.dockerConfig())
          .addCredentialRetriever(credentials.wellKnownCredentialHelpers());
    }

    @Override
    public BuiltImage keep(BuiltImage image, Path draft) {
      pushed.removeIf(before -> before.reference().equals(image.reference()));
      pushed.add(image);
      return image;
    }

    @Override
    public List<BuiltImage> list() {
      return List.copyOf(pushed);
    }

    @Override
    public boolean remove(BuiltImage image) {
      return false;
    }
  }
}
