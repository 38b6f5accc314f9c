package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.Resource.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An Envoy's configuration as it was at one moment: every resource typed, with its protobuf message
 * and its raw JSON beside it. Immutable and safe for use by several threads.
 *
 * <p>Secrets that are recognised are replaced with {@code [redacted]}, or a star for each byte,
 * before anything is made of what was read; the package says which. {@link Redacted} tells them.
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
  private final String source;
  private final Map<String, String> labels;
  private final ConfigDump dump;
  private final List<Resource> resources;
  private final List<Unknown> unknownParts;
  private final HostStatuses statuses;
  private final Memo<ResourceIndex> index = new Memo<>();

  EnvoyConfig(
      String source,
      Map<String, String> labels,
      ConfigDump dump,
      List<Resource> resources,
      List<Unknown> unknownParts,
      HostStatuses statuses) {
    this.statuses = statuses;
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
  public Optional<BootstrapResource> bootstrap() {
    return all(BootstrapResource.class).stream().findFirst();
  }

  /**
   * The scopes of routes.
   *
   * @return in the order of the dump
   */
  public List<ScopedRouteResource> scopedRoutes() {
    return all(ScopedRouteResource.class);
  }

  /**
   * The filters whose configurations came from ECDS.
   *
   * @return in the order of the dump
   */
  public List<ExtensionResource> extensions() {
    return all(ExtensionResource.class);
  }

  /**
   * The resources of one section, as {@link ConfigSection#DYNAMIC_WARMING_CLUSTERS}.
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
   * The endpoints of a cluster, joined from all that the source tells of them: EDS, the cluster
   * itself, and what the running Envoy says in {@code /clusters}, which then counts for health,
   * weight and priority.
   *
   * @param cluster the cluster's name
   * @return in the order of EDS, then those that only the running Envoy knows; empty when there are
   *     none
   * @throws EnvoyConfigException if something in them has another type than it should
   */
  public List<Endpoint> hosts(String cluster) {
    return new EndpointJoin(this, statuses).of(cluster);
  }

  /**
   * The endpoints of all clusters, each joined as by {@link #hosts(String)}. Reads all of them, so
   * it takes a while on a large dump.
   *
   * @return cluster by cluster
   * @throws EnvoyConfigException if something in them has another type than it should
   */
  public List<Endpoint> hosts() {
    return new EndpointJoin(this, statuses).all();
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
   * The whole as it was read. Several documents become one, with all their {@code configs}; what
   * istioctl listed is at the place that it has in a dump.
   *
   * @return a tree of the caller's own, made anew by each call; it takes several times the memory
   *     of the text
   */
  public JsonNode raw() {
    return dump.raw();
  }

  /**
   * Saves it as a config dump that {@link ConfigSource#file} opens again, with its labels and
   * omissions; istioctl reads it too. Secrets that are recognised were redacted when it was read.
   *
   * @param file written as a whole or not at all; replaced if it exists; only its owner can read
   *     it, where the file system knows owners
   * @throws EnvoyConfigException if it cannot be written
   */
  public void save(Path file) {
    new DumpWriter(dump, new SavedNote(source, labels, dump.omissions())).save(file);
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

  boolean hasSameParts(
      List<Omission> omissions, List<Unknown> unknown, HostStatuses otherStatuses) {
    return dump.omissions().equals(omissions)
        && unknownParts.equals(unknown)
        && statuses.sameHealth(otherStatuses);
  }

  private <R extends Resource> List<R> all(Class<R> type) {
    return resources.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private <R extends Resource> Optional<R> find(Class<R> type, String name) {
    return index.get(() -> new ResourceIndex(resources)).find(type, name);
  }
}
