package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Real dumps, broken at random. Whatever is done to them, what comes out is a configuration or an
 * {@link EnvoyConfigException}; nothing else is thrown and nothing hangs.
 */
class MutatedDumpTest {
  private static final int ROUNDS = 2_100;
  private static final List<String> ENCODINGS =
      List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE", "ISO-8859-1", "IBM500");
  private static final List<String> NASTY =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "null",
          "0",
          "-1",
          "1e999",
          "true",
          "{}",
          "[]",
          "\"\"",
          "\\u0000",
          "\u0000",
          "\uD800",
          "\"@type\"",
          "\"name\"",
          "\"configs\"",
          "[[[[",
          "{\"a\":",
          "99999999999999999999",
          "type.googleapis.com/",
          "2026-99-99T00:00:00Z");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void nothingButTheOneError() {
    int broken = 0;
    int read = 0;
    List<String> dumps = Stream.concat(Dumps.ALL.stream(), Dumps.LISTS.stream()).toList();
    for (String dump : dumps) {
      byte[] whole = Dumps.text(dump).getBytes(StandardCharsets.UTF_8);
      for (int seed = 0; seed < ROUNDS / dumps.size(); seed++) {
        byte[] mutant = mutate(whole, new Random(seed));
        try {
          useEverything(
              new ConfigReader(ConfigSource.text(""), null).read(ConfigDump.of(dump, mutant)));
          read++;
        } catch (EnvoyConfigException e) {
          assertThat(e.getMessage()).contains(dump);
          broken++;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
          fail("seed " + seed + " of " + dump, e);
        }
      }
    }
    // Else the mutations are too weak, or too strong, to show anything.
    assertThat(broken).isGreaterThan(ROUNDS / 10);
    assertThat(read).isGreaterThan(ROUNDS / 20);
  }

  private static void useEverything(EnvoyConfig config) {
    assertThat(config.toString()).doesNotContain("\n");
    EnvoyConfigException first = null;
    for (Resource resource : config.resources()) {
      try {
        use(resource);
      } catch (EnvoyConfigException e) {
        first = e;
      }
    }
    config.raw();
    if (first != null) {
      throw first;
    }
    config.unknown();
    config.hosts();
  }

  private static void use(Resource resource) {
    StringBuilder text = new StringBuilder().append(resource).append(resource.raw());
    text.append(resource.unknown());
    if (resource instanceof ListenerResource listener) {
      text.append(listener.filterChains()).append(listener.address());
    } else if (resource instanceof RouteResource routes) {
      routes.virtualHosts().forEach(host -> text.append(host).append(host.routes()));
    } else if (resource instanceof ClusterResource cluster) {
      text.append(cluster.type()).append(cluster.parsedName());
    } else if (resource instanceof EndpointResource endpoints) {
      text.append(endpoints.endpoints());
    } else if (resource instanceof SecretResource secret) {
      text.append(secret.kind());
    } else if (resource instanceof ScopedRouteResource scope) {
      text.append(scope.routeConfigName()).append(scope.key());
    } else if (resource instanceof ExtensionResource extension) {
      text.append(extension.configTypeUrl());
    } else if (resource instanceof BootstrapResource bootstrap) {
      text.append(bootstrap.envoyVersion()).append(bootstrap.admin());
    }
    text.append(resource.owner()).append(resource.certificates());
    assertThat(text.append(resource.message().getSerializedSize())).isNotEmpty();
  }

  private static byte[] mutate(byte[] whole, Random random) {
    byte[] bytes = whole;
    int times = 1 + random.nextInt(3);
    for (int i = 0; i < times; i++) {
      int at = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 4 : 400));
      bytes =
          switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(bytes, Math.max(1, at));
            case 1 -> replace(bytes, at, to, new byte[0]);
            case 2 -> replace(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
            case 3 -> replace(bytes, at, to, nasty(random));
            case 4 -> replace(bytes, at, at, nasty(random));
            case 5 -> replace(bytes, at, at + 1, new byte[] {(byte) random.nextInt(256)});
            default -> replaceValue(bytes, at, random);
          };
    }
    if (random.nextInt(20) > 0) {
      return bytes;
    }
    Charset other = Charset.forName(ENCODINGS.get(random.nextInt(ENCODINGS.size())));
    return new String(bytes, StandardCharsets.UTF_8).getBytes(other);
  }

  /** Puts another value in the place of a string: the JSON stays JSON, its types do not. */
  private static byte[] replaceValue(byte[] bytes, int near, Random random) {
    int start = near;
    while (start < bytes.length && bytes[start] != '"') {
      start++;
    }
    int end = start + 1;
    while (end < bytes.length && bytes[end] != '"') {
      end++;
    }
    String[] values = {"{}", "[]", "null", "-7", "true", "\"other\"", "[{\"name\": {}}]", "1.5"};
    byte[] value = values[random.nextInt(values.length)].getBytes(StandardCharsets.UTF_8);
    return end >= bytes.length ? bytes : replace(bytes, start, end + 1, value);
  }

  private static byte[] nasty(Random random) {
    return NASTY.get(random.nextInt(NASTY.size())).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] replace(byte[] bytes, int from, int to, byte[] by) {
    byte[] result = new byte[bytes.length - (to - from) + by.length];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(by, 0, result, from, by.length);
    System.arraycopy(bytes, to, result, from + by.length, bytes.length - to);
    return result.length == 0 ? new byte[] {' '} : result;
  }
}
