package dev.pilothouse.cluster;

import dev.pilothouse.cluster.Manifests.Document;
import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the texts of manifests and splits them into documents. */
final class ManifestTexts {
  private ManifestTexts() {}

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw unreadable(file.toString(), "no such file", e);
    } catch (CharacterCodingException e) {
      throw unreadable(file.toString(), "it is not UTF-8 text", e);
    } catch (IOException e) {
      throw unreadable(file.toString(), e.toString(), e);
    }
  }

  static String read(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new PilothouseException(
            "reading manifests from class-path resource " + resource,
            "no such resource beside or below " + owner.getName(),
            "a name without a leading slash is relative to the class's package",
            null,
            null);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unreadable("class-path resource " + resource, e.toString(), e);
    }
  }

  static List<Path> list(Path folder) {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(ManifestTexts::isManifest).sorted().toList();
    } catch (NoSuchFileException e) {
      throw unreadable(folder.toString(), "no such folder", e);
    } catch (IOException e) {
      throw unreadable(folder.toString(), e.toString(), e);
    }
    if (files.isEmpty()) {
      throw unreadable(folder.toString(), "it holds no .yaml, .yml or .json file", null);
    }
    return files;
  }

  private static boolean isManifest(Path file) {
    String name = file.toString();
    return (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"))
        && Files.isRegularFile(file);
  }

  private static PilothouseException unreadable(
      String where, String why, @Nullable Exception cause) {
    return new PilothouseException("reading manifests from " + where, why, "", null, cause);
  }

  /**
   * Splits at lines that begin with {@code ---}. YAML allows such a line nowhere else, not even in
   * a block of text.
   */
  static List<Document> split(String source, String text) {
    List<Document> documents = new ArrayList<>();
    List<String> lines = text.lines().toList();
    int begin = 0;
    for (int i = 1; i <= lines.size(); i++) {
      if (i == lines.size() || isSeparator(lines.get(i))) {
        List<String> part = lines.subList(begin, i);
        if (part.stream().anyMatch(ManifestTexts::holdsContent)) {
          String place = source + ", document " + (documents.size() + 1);
          documents.add(new Document(place, begin + 1, String.join("\n", part) + "\n"));
        }
        begin = i;
      }
    }
    return documents;
  }

  private static boolean isSeparator(String line) {
    return line.startsWith("---") && (line.length() == 3 || Character.isWhitespace(line.charAt(3)));
  }

  /** Neither a comment, nor a directive, nor a bare marker. */
  private static boolean holdsContent(String line) {
    String rest = isSeparator(line) ? line.substring(3) : line;
    String content = rest.strip();
    return !(content.isEmpty()
        || content.startsWith("#")
        || rest.startsWith("%")
        || rest.equals("..."));
  }
}
