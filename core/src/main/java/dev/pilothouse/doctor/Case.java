package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.console.ProxyStatus;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.workload.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One resource and one proxy, and what is known of them. Everything is asked when it is first
 * needed, and once. Used by one thread.
 */
final class Case {
  private static final EnvoyConfigInspector INSPECTOR = EnvoyConfigInspector.create();

  private final IstioKind kind;
  private final String namespace;
  private final String name;
  private final Proxy proxy;
  private final ApiServer server;
  private final IstiodConsole all;

  private JsonNode object = MissingNode.getInstance();
  private @Nullable List<ProxyStatus> statuses;
  private @Nullable List<IstiodDebug.Config> configs;
  private @Nullable JsonNode scope;
  private @Nullable JsonNode node;
  private @Nullable EnvoyConfig pushed;
  private @Nullable EnvoyConfig live;

  Case(
      IstioKind kind,
      String namespace,
      String name,
      Proxy proxy,
      ApiServer server,
      IstiodConsole all) {
    this.kind = kind;
    this.namespace = namespace;
    this.name = name;
    this.proxy = proxy;
    this.server = server;
    this.all = all;
  }

  IstioKind kind() {
    return kind;
  }

  String namespace() {
    return namespace;
  }

  String name() {
    return name;
  }

  /** As {@code default/httpbin}. */
  String path() {
    return path(namespace, name);
  }

  /** Of a resource that istiod knows. */
  static String path(IstiodDebug.Config config) {
    return path(config.namespace(), config.name());
  }

  static String path(String namespace, String name) {
    return namespace + "/" + name;
  }

  /** As {@code VirtualService default/httpbin}. */
  String title() {
    return kind.kind() + " " + path();
  }

  String proxyId() {
    return proxy.id();
  }

  String proxyNamespace() {
    return proxyId().substring(proxyId().lastIndexOf('.') + 1);
  }

  ApiServer server() {
    return server;
  }

  /** The resource as the API server has it; missing until it was found. */
  JsonNode object() {
    return object;
  }

  void found(JsonNode resource) {
    object = resource;
  }

  JsonNode spec() {
    return object.path("spec");
  }

  List<ProxyStatus> statuses() {
    if (statuses == null) {
      statuses = all.proxyStatus();
    }
    return statuses;
  }

  /** The newest connection of the proxy. */
  Optional<ProxyStatus> status() {
    return statuses().stream()
        .filter(status -> status.proxyId().equals(proxyId()))
        .reduce((first, second) -> second);
  }

  /** The istiod that the proxy is connected to. */
  IstiodConsole istiod() {
    return all.only(status().orElseThrow().replica());
  }

  boolean gateway() {
    return status().orElseThrow().sync().proxyType().equals("router");
  }

  boolean sidecar() {
    return status().orElseThrow().sync().proxyType().equals("sidecar");
  }

  /** What that istiod knows. */
  List<IstiodDebug.Config> configs() {
    if (configs == null) {
      configs = istiod().debug().config();
    }
    return configs;
  }

  /** The resources of a kind that istiod knows. */
  List<IstiodDebug.Config> configs(IstioKind of) {
    return configs().stream().filter(config -> config.kind().equals(of.kind())).toList();
  }

  /** What of the mesh the proxy is told of. */
  JsonNode scope() {
    if (scope == null) {
      scope = istiod().debug().sidecarScope(proxyId());
    }
    return scope;
  }

  /** Whether a resource that istiod knows is this one. */
  boolean is(IstiodDebug.Config config) {
    return config.kind().equals(kind.kind())
        && config.namespace().equals(namespace)
        && config.name().equals(name);
  }

  /** What the proxy tells istiod of itself. */
  private JsonNode node() {
    if (node == null) {
      node =
          istiod().debug().connections().stream()
              .filter(connection -> connection.proxyId().equals(proxyId()))
              .map(IstiodDebug.Connection::json)
              .reduce((first, second) -> second)
              .orElse(MissingNode.getInstance());
    }
    return node;
  }

  /** As {@code 1.31.0}; empty if the proxy does not tell. */
  String istioVersion() {
    return metadata("ISTIO_VERSION");
  }

  /** What the proxy tells of itself by a name; empty if it does not. */
  String metadata(String key) {
    return node().path("metadata").path(key).asText();
  }

  /** The labels that the proxy says it has. */
  Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>();
    node()
        .path("metadata")
        .path("LABELS")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    node()
        .path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return labels;
  }

  String rootNamespace() {
    return istiod().debug().mesh().path("rootNamespace").asText("istio-system");
  }

  /** What istiod has for the proxy. */
  EnvoyConfig pushed() {
    if (pushed == null) {
      pushed = INSPECTOR.read(istiod().debug().proxyConfig(proxyId()));
    }
    return pushed;
  }

  /** What the proxy has. */
  EnvoyConfig live() {
    if (live == null) {
      live = INSPECTOR.read(proxy.config());
    }
    return live;
  }
}
