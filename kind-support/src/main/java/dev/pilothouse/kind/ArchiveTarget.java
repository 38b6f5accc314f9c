package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.TarImage;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageLabels;
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
import java.util.stream.Stream;

/** Files in a folder. Beside each lies what is known of it. */
record ArchiveTarget(Path directory) implements JibTarget {
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
  public Optional<BuiltImage> find(String reference, String contentHash) throws IOException {
    return list().stream()
        .filter(image -> image.reference().equals(reference))
        .filter(image -> contentHash.equals(image.labels().get(ImageLabels.CONTENT)))
        .findFirst();
  }

  @Override
  public BuiltImage keep(BuiltImage image, Path draft, String digest) throws IOException {
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
