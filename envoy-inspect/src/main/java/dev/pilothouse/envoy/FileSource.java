package dev.pilothouse.envoy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a file, or a pipe, up to the limit. */
record FileSource(Path path) implements ConfigSource {
  @Override
  public String describe() {
    return path.toString();
  }

  @Override
  public ConfigDump fetch(ReadLimits limits) {
    try (InputStream in = Files.newInputStream(path)) {
      long size = Files.size(path);
      if (size > limits.maxBytes()) {
        throw limits.tooLarge(describe(), size + " bytes");
      }
      byte[] bytes = in.readNBytes(limits.maxBytes());
      if (bytes.length == limits.maxBytes() && in.read() >= 0) {
        throw limits.tooLarge(describe(), "the file");
      }
      return ConfigDump.of(describe(), bytes);
    } catch (NoSuchFileException e) {
      throw new EnvoyConfigException(
          "reading " + describe(), "there is no such file", "check the path", e);
    } catch (IOException e) {
      throw new EnvoyConfigException("reading " + describe(), String.valueOf(e), "", e);
    }
  }
}
