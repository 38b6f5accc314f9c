package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.envoy.Resource.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An Envoy's configuration as it was at one moment: every resource typed, with its protobuf message
 * and its raw JSON beside it. Immutable and safe for use by several threads.
 *
 * <pre>{@code
 * config.route("8000").orElseThrow().virtualHost("httpbin").orElseThrow().routes();
 * config.cluster("outbound|8000||httpbin.default.svc.cluster.local").orElseThrow().type();
 * config.resources(Resource.State.REJECTED).forEach(r -> r.reason());
 * }</pre>
 *
 * <p>A lookup by name finds what is in use; when nothing of that name is, it finds one that is
 * warming, then draining, then of unknown state, then rejected.
 */
public final class EnvoyConfig {
  private static final List<State> BY_USE =
      List.of(State.ACTIVE, State.WARMING, State.DRAINING, State.UNKNOWN, State.REJECTED);

  private final String source;
  private final Map<String, String> labels;
  private final ConfigDump dump;
  private final List<Resource> resources;
  private final List<Unknown> unknownParts;
  private final Memo<ResourceIndex> index = new Memo<>();

  EnvoyConfig(
      String source,
      Map<String, String> labels,
      ConfigDump dump,
      List<Resource> resources,
      List<Unknown> unknownParts) {
    this.source = source;
    this.labels = labels;
    this.dump = dump;
    this.resources = List.copyOf(resources);
    this.unknownParts = List.copyOf(unknownParts);
  }

  /**
   * Where it was read from.
   *
   * @return what {@link ConfigSource#describe()} said
   */
  public String source() {
    return source;
  }

  /**
   * What the owner of the source said about it.
   *
   * @return what {@link ConfigSource#labels()} said
   */
  public Map<String, String> labels() {
    return labels;
  }

  /**
   * All resources.
   *
   * @return in the order of the dump
   */
  public List<Resource> resources() {
    return resources;
  }

  /**
   * The resources in one state, as everything that Envoy rejected.
   *
   * @param state the state
   * @return in the order of the dump
   */
  public List<Resource> resources(State state) {
    return resources.stream().filter(resource -> resource.state() == state).toList();
  }

  /**
   * The listeners. One that is active, while its successor is warming or was rejected, is here once
   * for each state.
   *
   * @return in the order of the dump
   */
  public List<ListenerResource> listeners() {
    return all(ListenerResource.class);
  }

  /**
   * The route configurations.
   *
   * @return in the order of the dump
   */
  public List<RouteResource> routeConfigurations() {
    return all(RouteResource.class);
  }

  /**
   * The clusters.
   *
   * @return in the order of the dump
   */
  public List<ClusterResource> clusters() {
    return all(ClusterResource.class);
  }

  /**
   * The endpoints of each cluster.
   *
   * @return in the order of the dump; empty when the dump was made without {@code include_eds}
   */
  public List<EndpointResource> endpoints() {
    return all(EndpointResource.class);
  }

  /**
   * The secrets.
   *
   * @return in the order of the dump
   */
  public List<SecretResource> secrets() {
    return all(SecretResource.class);
  }

  /**
   * What Envoy was started with.
   *
   * @return the bootstrap, or empty when the dump has none
   */
  public Optional<Resource> bootstrap() {
    return section(ConfigSection.BOOTSTRAP).stream().findFirst();
  }

  /**
   * The resources of one section, as {@link ConfigSection#ECDS_FILTERS}.
   *
   * @param section the section
   * @return in the order of the dump
   */
  public List<Resource> section(ConfigSection section) {
    return resources.stream().filter(resource -> resource.section() == section).toList();
  }

  /**
   * A listener.
   *
   * @param name its name
   * @return the listener, or empty when there is none
   */
  public Optional<ListenerResource> listener(String name) {
    return find(ListenerResource.class, name);
  }

  /**
   * A route configuration.
   *
   * @param name its name, as {@code 8000}
   * @return the route configuration, or empty when there is none
   */
  public Optional<RouteResource> route(String name) {
    return find(RouteResource.class, name);
  }

  /**
   * A cluster.
   *
   * @param name its name
   * @return the cluster, or empty when there is none
   */
  public Optional<ClusterResource> cluster(String name) {
    return find(ClusterResource.class, name);
  }

  /**
   * The endpoints of a cluster.
   *
   * @param cluster the cluster's name
   * @return its endpoints, or empty when there are none under its name or its name in EDS
   */
  public Optional<EndpointResource> endpoint(String cluster) {
    Optional<EndpointResource> own = find(EndpointResource.class, cluster);
    return own.isPresent()
        ? own
        : cluster(cluster)
            .map(ClusterResource::edsServiceName)
            .filter(name -> !name.isEmpty())
            .flatMap(name -> find(EndpointResource.class, name));
  }

  /**
   * A secret.
   *
   * @param name its name, as {@code default}
   * @return the secret, or empty when there is none
   */
  public Optional<SecretResource> secret(String name) {
    return find(SecretResource.class, name);
  }

  /**
   * Everything that this library has no type for: sections of the dump, types of an {@code Any},
   * fields, enum values. Nothing of it is lost, it is all in {@link #raw()}. Reads every resource,
   * so it takes a while on a large dump.
   *
   * @return in the order of the dump, sections first
   * @throws EnvoyConfigException if a resource cannot be read
   */
  public List<Unknown> unknown() {
    List<Unknown> all = new ArrayList<>(unknownParts);
    resources.forEach(resource -> all.addAll(resource.unknown()));
    return all;
  }

  /**
   * What the source could not deliver.
   *
   * @return mostly nothing
   */
  public List<Omission> omissions() {
    return dump.omissions();
  }

  /**
   * The whole as it was read. Several documents become one, with all their {@code configs}.
   *
   * @return a tree of the caller's own, made anew by each call; it takes several times the memory
   *     of the text
   */
  public JsonNode raw() {
    ObjectNode whole = Json.MAPPER.createObjectNode();
    ArrayNode configs = whole.putArray("configs");
    for (Document document : dump.documents()) {
      JsonNode root = read(document);
      for (Map.Entry<String, JsonNode> field : root.properties()) {
        if (!field.getKey().equals("configs")) {
          whole.set(field.getKey(), field.getValue());
        } else if (field.getValue() instanceof ArrayNode array) {
          configs.addAll(array);
        }
      }
    }
    return whole;
  }

  /** One line: where it is from and how much of each kind it has. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("EnvoyConfig[").append(source).append(": ");
    text.append(listeners().size()).append(" listeners, ");
    text.append(routeConfigurations().size()).append(" route configurations, ");
    text.append(clusters().size()).append(" clusters, ");
    text.append(endpoints().size()).append(" endpoint assignments, ");
    text.append(secrets().size()).append(" secrets");
    int warming = resources(State.WARMING).size();
    int rejected = resources(State.REJECTED).size();
    text.append(warming == 0 ? "" : ", " + warming + " warming");
    text.append(rejected == 0 ? "" : ", " + rejected + " rejected");
    text.append(unknownParts.isEmpty() ? "" : ", " + unknownParts.size() + " unknown parts");
    return text.append(']').toString();
  }

  boolean hasSameParts(List<Omission> omissions, List<Unknown> unknown) {
    return dump.omissions().equals(omissions) && unknownParts.equals(unknown);
  }

  private ResourceIndex index() {
    return index.get(() -> new ResourceIndex(resources));
  }

  private <R extends Resource> List<R> all(Class<R> type) {
    return resources.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private <R extends Resource> Optional<R> find(Class<R> type, String name) {
    List<R> named = index().named(type, name);
    for (State state : BY_USE) {
      for (R resource : named) {
        if (resource.state() == state) {
          return Optional.of(resource);
        }
      }
    }
    return Optional.empty();
  }

  private static JsonNode read(Document document) {
    try {
      return Json.MAPPER.readTree(document.bytes());
    } catch (IOException e) {
      throw new EnvoyConfigException(
          "reading " + document.name(), String.valueOf(e.getMessage()), "", e);
    }
  }
}
