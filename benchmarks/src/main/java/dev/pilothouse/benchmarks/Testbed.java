package dev.pilothouse.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The images of the testbed, as {@code testbed/up} tells them in a file. */
record Testbed(Properties properties) {
  private static final Path FILE = Path.of("testbed", "target", "testbed.properties");

  static Testbed find() throws IOException {
    Properties properties = new Properties();
    if (Files.exists(FILE)) {
      try (InputStream file = Files.newInputStream(FILE)) {
        properties.load(file);
      }
    }
    return new Testbed(properties);
  }

  boolean isUp() {
    return Boolean.parseBoolean(properties.getProperty("available"));
  }

  /** Why it is not up. */
  String reason() {
    return properties.getProperty("reason", "the testbed is not up");
  }

  String nodeImage() {
    return properties.getProperty("node.image");
  }

  String hub() {
    return properties.getProperty("hub");
  }

  /** The tag of the proxy. */
  String istioTag() {
    return properties.getProperty("istio.tag");
  }

  /** An image of the samples, or their base. */
  String sample(String name) {
    return hub() + "/" + name + ":" + properties.getProperty("sample.tag");
  }
}
