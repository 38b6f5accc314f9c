package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

class EnvoyTypesTest {
  /** Every message that an Any of Envoy's configuration could name; v2 is long gone from it. */
  @Test
  void findsEveryMessageOfTheApi() throws Exception {
    List<String> names = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (FileDescriptor file : files()) {
      for (Descriptor message : file.getMessageTypes()) {
        check(message, names, missing);
      }
    }

    assertThat(names.size()).isGreaterThan(1_000);
    assertThat(missing).isEmpty();
  }

  @Test
  void findsNothingElse() {
    for (String name :
        Set.of(
            "",
            "/",
            "java.lang.String",
            "envoy.config.cluster.v3",
            "envoy.config.cluster.v3.NoSuch",
            "envoy.config.cluster.v3.cluster",
            "envoy.config.cluster.v3.Cluster.Builder",
            "envoy.config.cluster.v3.ClusterProto",
            "envoy..",
            "envoy.\u0000")) {
      assertThat(EnvoyTypes.INSTANCE.find("type.googleapis.com/" + name)).as(name).isEmpty();
    }
  }

  private static void check(Descriptor message, List<String> names, List<String> missing) {
    if (message.getOptions().getMapEntry()) {
      return;
    }
    names.add(message.getFullName());
    if (EnvoyTypes.INSTANCE.find("type.googleapis.com/" + message.getFullName()).isEmpty()) {
      missing.add(message.getFullName());
    }
    message.getNestedTypes().forEach(nested -> check(nested, names, missing));
  }

  private static List<FileDescriptor> files() throws Exception {
    Path jar = Path.of(Cluster.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<FileDescriptor> files = new ArrayList<>();
    try (JarFile api = new JarFile(jar.toFile())) {
      for (String entry : api.stream().map(Object::toString).toList()) {
        if (entry.matches(
                "(io/envoyproxy/envoy|com/github/(xds|udpa))/.*(Proto|OuterClass)\\.class")
            && !entry.contains("/v2")) {
          String name = entry.replace('/', '.').replaceAll("\\.class$", "");
          Object descriptor = Class.forName(name).getMethod("getDescriptor").invoke(null);
          if (descriptor instanceof FileDescriptor file) {
            files.add(file);
          }
        }
      }
    }
    return files;
  }
}
