package dev.pilothouse.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ConfigSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * istiod's debug endpoints, typed. Each value has the JSON that it was read from beside it, with
 * all that istiod tells and the type does not.
 *
 * <pre>{@code
 * IstiodDebug debug = console.debug();
 * EnvoyConfig pushed = inspector.read(debug.proxyConfig("client.default"));
 * debug.services().stream().filter(s -> s.hostname().startsWith("httpbin")).toList();
 * debug.pushStatus();   // what istiod itself found wrong with the last push
 * }</pre>
 *
 * <p>What belongs to proxies ({@link #connections}, {@link #instances} and whatever takes a proxy's
 * id) is asked of all replicas; the rest, which is the same everywhere but for moments, of the
 * first one. {@link IstiodConsole#only} asks a given one. Safe for use by several threads.
 *
 * <p>istiod itself takes a part of a proxy's name for it, and answers for {@code web-app-1.default}
 * when {@code app-1.default} is asked for. Here a proxy's id is compared as a whole: the question
 * names the one connection that is meant, and when istiod could still take another for it, fails.
 */
public interface IstiodDebug {
  /**
   * The resources that istiod knows, converted ones included ({@code configz}).
   *
   * @return Istio's resources; Services and pods are not among them
   */
  List<Config> config();

  /**
   * The services that istiod knows ({@code registryz}): those of Kubernetes, and of ServiceEntries.
   *
   * @return the services
   */
  List<Service> services();

  /**
   * The endpoints that istiod knows ({@code endpointz}), ready or not.
   *
   * @return the endpoints of all services
   */
  List<Endpoint> endpoints();

  /**
   * The xDS connections of all replicas ({@code adsz}).
   *
   * @return one entry a connection
   */
  List<Connection> connections();

  /**
   * What istiod found wrong when it made the last configuration ({@code push_status}): conflicting
   * listeners, duplicate domains, clusters without endpoints.
   *
   * @return one entry a finding; empty before the first push
   */
  List<Finding> pushStatus();

  /**
   * The mesh config ({@code mesh}), without what has its default.
   *
   * @return MeshConfig
   */
  JsonNode mesh();

  /**
   * The injection templates and values ({@code inject}).
   *
   * @return name to text; empty when this istiod injects nothing
   */
  Map<String, String> inject();

  /**
   * What lies in the cache of generated resources ({@code cachez}).
   *
   * @return type URL to the names of resources
   */
  Map<String, List<String>> cache();

  /**
   * Which services the connected proxies stand behind ({@code instancesz}).
   *
   * @return proxy id to services; a client has none
   */
  Map<String, List<Instance>> instances();

  /**
   * The authorization policies that istiod works with ({@code authorizationz}).
   *
   * @return the policies
   */
  List<AuthorizationPolicy> authorization();

  /**
   * What istiod would push to a proxy now, from the replica that it is connected to ({@code
   * config_dump}). The replica is looked for when the source is read.
   *
   * @param proxyId {@code pod.namespace}
   * @return a source for an {@code EnvoyConfigInspector}
   */
  ConfigSource proxyConfig(String proxyId);

  /**
   * What of the mesh a proxy is told of ({@code sidecarz}): services, destination rules, and the
   * Sidecar resource that says so.
   *
   * @param proxyId {@code pod.namespace}
   * @return istiod's own JSON
   */
  JsonNode sidecarScope(String proxyId);

  /**
   * What a debug endpoint answers about one proxy.
   *
   * @param endpoint as {@code edsz}, {@code ndsz}, {@code ecdsz}, {@code telemetryz}
   * @param proxyId {@code pod.namespace}
   * @return istiod's own JSON
   */
  JsonNode proxy(String endpoint, String proxyId);

  /**
   * What any debug endpoint answers; {@code list} has their names.
   *
   * @param endpoint as {@code networkz} or {@code cachez?sizes=true}
   * @return istiod's own JSON
   */
  JsonNode json(String endpoint);

  /**
   * A resource that istiod knows.
   *
   * @param kind as {@code VirtualService}
   * @param namespace its namespace
   * @param name its name
   * @param json the whole
   */
  record Config(String kind, String namespace, String name, JsonNode json) {
    /** As {@code VirtualService default/httpbin}. */
    @Override
    public String toString() {
      return kind + ' ' + namespace + '/' + name;
    }
  }

  /**
   * A service that istiod knows.
   *
   * @param hostname as {@code httpbin.default.svc.cluster.local}
   * @param namespace the namespace of what it was made of
   * @param name the name of what it was made of
   * @param registry {@code Kubernetes} or {@code External} (a ServiceEntry)
   * @param address its address; {@code 0.0.0.0} without one of its own
   * @param resolution {@code ClientSide}, {@code DNS}, {@code Passthrough}, …
   * @param exportTo namespaces, {@code .} or {@code *}; empty for the mesh's default
   * @param ports its ports
   * @param json the whole
   */
  record Service(
      String hostname,
      String namespace,
      String name,
      String registry,
      String address,
      String resolution,
      List<String> exportTo,
      List<Port> ports,
      JsonNode json) {
    /** Copies the lists. */
    public Service {
      exportTo = List.copyOf(exportTo);
      ports = List.copyOf(ports);
    }

    /** As {@code httpbin.default.svc.cluster.local [8000/HTTP]}. */
    @Override
    public String toString() {
      return hostname + ' ' + ports;
    }
  }

  /**
   * A port of a service.
   *
   * @param name its name
   * @param number its number
   * @param protocol as {@code HTTP}, {@code TCP}, {@code UnsupportedProtocol} (then it is sniffed)
   */
  record Port(String name, int number, String protocol) {
    /** As {@code 8000/HTTP}. */
    @Override
    public String toString() {
      return number + "/" + protocol;
    }
  }

  /**
   * An endpoint that istiod knows.
   *
   * @param hostname its service
   * @param namespace the service's namespace
   * @param shard the registry that it came from, as {@code Kubernetes/Kubernetes}
   * @param portName the name of the service's port
   * @param addresses its addresses
   * @param port its port
   * @param health {@code Healthy}, {@code Unhealthy}, {@code Draining}, {@code Terminating}, or
   *     {@code Unknown} for one of a WorkloadEntry, which counts as healthy
   * @param labels the labels of its pod; subsets choose by them
   * @param json the whole
   */
  record Endpoint(
      String hostname,
      String namespace,
      String shard,
      String portName,
      List<String> addresses,
      int port,
      String health,
      Map<String, String> labels,
      JsonNode json) {
    /** Copies the collections. */
    public Endpoint {
      addresses = List.copyOf(addresses);
      labels = Map.copyOf(labels);
    }

    /** As {@code httpbin.default.svc.cluster.local/http [10.1.0.7]:8000 Healthy}. */
    @Override
    public String toString() {
      return hostname + '/' + portName + ' ' + addresses + ':' + port + ' ' + health;
    }
  }

  /**
   * An xDS connection.
   *
   * @param replica which replica
   * @param id istiod's name of it: the proxy's id and a number
   * @param proxyId {@code pod.namespace}
   * @param connectedAt since when, or null where istiod does not tell
   * @param peer the address that it comes from
   * @param watches type URL to the names that it has subscribed to; none for all of a type
   * @param json the whole: labels, metadata, locality
   */
  record Connection(
      String replica,
      String id,
      String proxyId,
      @Nullable Instant connectedAt,
      String peer,
      Map<String, List<String>> watches,
      JsonNode json) {
    /** Copies the map. */
    public Connection {
      watches = Map.copyOf(watches);
    }

    /** As {@code client.default-3 at istiod, from 127.0.0.1:40022}. */
    @Override
    public String toString() {
      return id + " at " + replica + ", from " + peer;
    }
  }

  /**
   * Something that istiod found wrong.
   *
   * @param metric as {@code pilot_vservice_dup_domain}
   * @param key what it is about: a host, a cluster, a listener
   * @param proxyId the proxy that it was found for; empty for all
   * @param message istiod's words
   */
  record Finding(String metric, String key, String proxyId, String message) {}

  /**
   * A service that a proxy stands behind.
   *
   * @param hostname the service
   * @param port the service's port
   * @param targetPort the proxy's own port
   */
  record Instance(String hostname, int port, int targetPort) {}

  /**
   * An authorization policy.
   *
   * @param namespace its namespace
   * @param name its name
   * @param spec its specification
   */
  record AuthorizationPolicy(String namespace, String name, JsonNode spec) {}
}
