package dev.pilothouse.envoy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Reads files, or pipes, up to the limit. Together they are one configuration. */
record FileSource(List<Path> paths) implements ConfigSource {
  @Override
  public String describe() {
    return paths.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  @Override
  public ConfigDump fetch(ReadLimits limits) {
    List<Document> documents = new ArrayList<>();
    for (Path path : paths) {
      documents.add(Document.of(path.toString(), read(path, limits), null));
    }
    return new ConfigDump(documents, List.of());
  }

  private static byte[] read(Path path, ReadLimits limits) {
    try {
      if (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path)) {
        // A pipe: opening it already waits for somebody who writes.
        return BoundedRead.inTime(path.toString(), () -> all(path, limits), limits);
      }
      if (Files.isDirectory(path)) {
        throw new EnvoyConfigException(
            "reading " + path,
            "it is a directory",
            "give the file in it that holds the dump, or several by ConfigSource.files",
            null);
      }
      long size = Files.size(path);
      if (size > limits.maxBytes()) {
        throw limits.tooLarge(path.toString(), size + " bytes");
      }
      return BoundedRead.file(path, size, limits);
    } catch (NoSuchFileException e) {
      throw new EnvoyConfigException(
          "reading " + path, "there is no such file", "check the path", e);
    } catch (IOException e) {
      throw new EnvoyConfigException("reading " + path, String.valueOf(e), "", e);
    }
  }

  private static byte[] all(Path path, ReadLimits limits) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return BoundedRead.all(path.toString(), in, limits);
    }
  }
}
