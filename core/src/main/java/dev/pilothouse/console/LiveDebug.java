package dev.pilothouse.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ConfigDump;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.ReadLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Asks the debug endpoints of the replicas that there are. */
final class LiveDebug implements IstiodDebug {
  private final Supplier<List<Replica>> replicas;

  LiveDebug(Supplier<List<Replica>> replicas) {
    this.replicas = replicas;
  }

  @Override
  public List<Config> config() {
    return DebugAnswers.config(json("configz"));
  }

  @Override
  public List<Service> services() {
    return DebugAnswers.services(json("registryz"));
  }

  @Override
  public List<Endpoint> endpoints() {
    return DebugAnswers.endpoints(json("endpointz"));
  }

  @Override
  public List<Connection> connections() {
    List<Connection> all = new ArrayList<>();
    for (Replica replica : replicas.get()) {
      all.addAll(DebugAnswers.connections(replica.name(), replica.json("/debug/adsz")));
    }
    return all;
  }

  @Override
  public List<Finding> pushStatus() {
    return DebugAnswers.findings(json("push_status"));
  }

  @Override
  public JsonNode mesh() {
    return json("mesh");
  }

  @Override
  public Map<String, String> inject() {
    Map<String, String> templates = new TreeMap<>();
    json("inject").properties().forEach(e -> templates.put(e.getKey(), e.getValue().asText()));
    return templates;
  }

  @Override
  public Map<String, List<String>> cache() {
    return DebugAnswers.lists(json("cachez"));
  }

  @Override
  public Map<String, List<Instance>> instances() {
    Map<String, List<Instance>> all = new TreeMap<>();
    for (Replica replica : replicas.get()) {
      all.putAll(DebugAnswers.instances(replica.json("/debug/instancesz")));
    }
    return all;
  }

  @Override
  public List<AuthorizationPolicy> authorization() {
    return DebugAnswers.authorization(json("authorizationz"));
  }

  @Override
  public ConfigSource proxyConfig(String proxyId) {
    return new PushedConfig(proxyId);
  }

  @Override
  public JsonNode sidecarScope(String proxyId) {
    return proxy("sidecarz", proxyId);
  }

  @Override
  public JsonNode proxy(String endpoint, String proxyId) {
    return new ProxyQuestion(replicas.get(), proxyId).ask("/debug/" + endpoint);
  }

  @Override
  public JsonNode json(String endpoint) {
    return first().json("/debug/" + endpoint);
  }

  private Replica first() {
    return replicas.get().get(0);
  }

  /** What istiod has for a proxy, whichever replica that is connected to at the time. */
  private final class PushedConfig implements ConfigSource {
    private final String proxyId;

    PushedConfig(String proxyId) {
      this.proxyId = proxyId;
    }

    @Override
    public String describe() {
      return "istiod's configuration of " + proxyId;
    }

    @Override
    public ConfigDump fetch(ReadLimits limits) {
      Replica replica = new ProxyQuestion(replicas.get(), proxyId).replica();
      return ConfigSource.istiod(replica.monitoring(), proxyId).fetch(limits);
    }
  }
}
