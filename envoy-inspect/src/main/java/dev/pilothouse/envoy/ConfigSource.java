package dev.pilothouse.envoy;

import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Where a configuration comes from. Give it to an {@link EnvoyConfigInspector}.
 *
 * <p>Sources are immutable, hold nothing open, and are safe for use by several threads. Implement
 * it for a source of your own: fetch the bytes and return {@link ConfigDump#of}, or {@link
 * ConfigDump#ofResources} for protobuf from a control plane.
 */
public interface ConfigSource {
  /**
   * A file that holds the answer to {@code /config_dump}, whole or of one {@code resource=}, as
   * Envoy, istiod or istioctl wrote it, or {@link EnvoyConfig#save}.
   *
   * <p>Lists that {@code istioctl proxy-config … -o json} printed are read too. They do not tell
   * what is static, so all in them counts as dynamic.
   *
   * @param path the file; read anew for each read
   * @return the source
   */
  static ConfigSource file(Path path) {
    return new FileSource(List.of(given(path, "path")));
  }

  /**
   * Files that together are one configuration: the answers to several {@code resource=} queries, or
   * a dump and the answer to {@code /clusters?format=json}, by which {@link EnvoyConfig#hosts}
   * knows each endpoint's state.
   *
   * @param dump the first file, which holds an answer to {@code /config_dump}
   * @param more the others
   * @return the source
   */
  static ConfigSource files(Path dump, Path... more) {
    return new FileSource(
        Stream.concat(Stream.of(given(dump, "dump")), Stream.of(more))
            .map(path -> given(path, "more"))
            .toList());
  }

  /**
   * A stream that holds the answer to {@code /config_dump}, as {@code System.in}.
   *
   * @param name names it in messages
   * @param in read to its end by the first read, and not closed; later reads see the same
   * @return the source; if the stream stalls, a read ends with the timeout of its limits
   */
  static ConfigSource stream(String name, InputStream in) {
    return new StreamSource(given(name, "name"), given(in, "in"));
  }

  /**
   * A text that holds the answer to {@code /config_dump}.
   *
   * @param json the text
   * @return the source
   */
  static ConfigSource text(String json) {
    ConfigDump dump = ConfigDump.of("text", given(json, "json").getBytes(StandardCharsets.UTF_8));
    return new TextSource(dump);
  }

  /**
   * A live Envoy's admin interface. Reads everything: endpoints included, and {@code /clusters} for
   * their state. See {@link AdminConfigSource#only} to read less and so poll faster.
   *
   * @param admin its address, as {@code http://127.0.0.1:15000}
   * @return the source; connections are made when it is read and kept alive between reads
   */
  static AdminConfigSource admin(URI admin) {
    return AdminSource.whole(AdminEndpoint.at(given(admin, "admin")));
  }

  /**
   * What an istiod has for a proxy, from its {@code /debug/config_dump}: what it would push now,
   * whether or not the proxy took it.
   *
   * <p>Read it when istiod has pushed, rather than wait with it for a change: istiod makes what it
   * answers anew, of the state that it last pushed to this proxy, and keeps it in its cache. Asked
   * in the moment between a change and the push, it keeps the old resource, and then pushes that (a
   * fault of Istio's, seen with 1.31-dev in one of 75 waits that began with the change). Wait with
   * the proxy's own configuration, or with {@code Istiod.await}.
   *
   * @param debug the address of istiod's HTTP or monitoring port, as {@code http://127.0.0.1:15014}
   * @param proxyId the proxy's pod and namespace, as {@code httpbin-5d.default}
   * @return the source; a read fails if that proxy is not connected to this istiod, or istiod would
   *     take another for it
   */
  static ConfigSource istiod(URI debug, String proxyId) {
    return new IstiodSource(AdminEndpoint.at(given(debug, "debug")), given(proxyId, "proxyId"));
  }

  /**
   * Names the source in messages.
   *
   * @return for example a path or an address
   */
  String describe();

  /**
   * Fetches the configuration as it is now.
   *
   * @param limits how large it may be and how long it may take
   * @return the bytes, not yet read
   * @throws EnvoyConfigException if the source does not answer, or answers with an error or too
   *     much
   */
  ConfigDump fetch(ReadLimits limits);

  /**
   * What the owner of the source says about it, as the settings that the control plane ran with.
   *
   * @return names and values; they appear as {@link EnvoyConfig#labels()}
   */
  default Map<String, String> labels() {
    return Map.of();
  }

  /**
   * The same source with labels.
   *
   * @param labels names and values, instead of {@link #labels()}
   * @return the labelled source
   */
  default ConfigSource withLabels(Map<String, String> labels) {
    return new LabelledSource(this, Map.copyOf(labels));
  }

  private static <T> T given(T value, String parameter) {
    return Objects.requireNonNull(value, () -> parameter + " is null");
  }
}
