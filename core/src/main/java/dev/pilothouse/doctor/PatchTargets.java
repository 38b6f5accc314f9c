package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ClusterName;
import dev.pilothouse.envoy.ClusterResource;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.RouteResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What of a configuration an EnvoyFilter's patch is about: the objects of its kind ({@code
 * applyTo}) in its context, or those of them that it matches.
 */
final class PatchTargets {
  private final Case c;
  private final String context;
  private final JsonNode match;

  /** Whether to look at the match, or at kind and context alone. */
  private final boolean narrow;

  private PatchTargets(Case c, JsonNode match, boolean narrow) {
    this.c = c;
    this.context = match.path("context").asText("ANY");
    this.match = match;
    this.narrow = narrow;
  }

  /** Empty for a kind that is not looked at. */
  static Optional<List<JsonNode>> of(Case c, JsonNode patch, boolean narrow) {
    PatchTargets targets = new PatchTargets(c, patch.path("match"), narrow);
    return switch (patch.path("applyTo").asText()) {
      case "LISTENER" -> Optional.of(targets.listeners());
      case "FILTER_CHAIN" -> Optional.of(targets.chains());
      case "NETWORK_FILTER" -> Optional.of(targets.networkFilters());
      case "HTTP_FILTER" -> Optional.of(targets.httpFilters());
      case "ROUTE_CONFIGURATION" -> Optional.of(targets.routeConfigurations());
      case "VIRTUAL_HOST" -> Optional.of(targets.virtualHosts());
      case "HTTP_ROUTE" -> Optional.of(targets.routes());
      case "CLUSTER" -> Optional.of(targets.clusters());
      default -> Optional.empty();
    };
  }

  private boolean here(boolean inbound) {
    return switch (context) {
      case "SIDECAR_INBOUND" -> inbound;
      case "SIDECAR_OUTBOUND" -> !inbound;
      default -> true;
    };
  }

  private boolean is(JsonNode wanted, String has) {
    return !narrow || wanted.asText().isEmpty() || wanted.asText().equals(has);
  }

  private List<ListenerResource> ofContext() {
    return c.pushed().listeners().stream()
        .filter(listener -> here(EnvoyJson.inbound(listener)))
        .toList();
  }

  private List<JsonNode> listeners() {
    JsonNode wanted = match.path("listener");
    return ofContext().stream()
        .filter(listener -> is(wanted.path("name"), listener.name()))
        .filter(
            listener ->
                is(wanted.path("portNumber"), String.valueOf(listener.address().port()))
                    || EnvoyJson.chains(listener).stream()
                        .anyMatch(
                            chain ->
                                is(
                                    wanted.path("portNumber"),
                                    String.valueOf(EnvoyJson.port(listener, chain)))))
        .map(ListenerResource::raw)
        .toList();
  }

  private List<JsonNode> chains() {
    JsonNode wanted = match.path("listener");
    JsonNode of = wanted.path("filterChain");
    List<JsonNode> all = new ArrayList<>();
    for (ListenerResource listener : ofContext()) {
      for (JsonNode chain : EnvoyJson.chains(listener)) {
        JsonNode has = EnvoyJson.at(chain, "filter_chain_match");
        boolean fits =
            is(wanted.path("name"), listener.name())
                && (is(wanted.path("portNumber"), String.valueOf(listener.address().port()))
                    || is(
                        wanted.path("portNumber"), String.valueOf(EnvoyJson.port(listener, chain))))
                && is(of.path("name"), chain.path("name").asText())
                && is(
                    of.path("transportProtocol"), EnvoyJson.at(has, "transport_protocol").asText())
                && is(of.path("destinationPort"), EnvoyJson.at(has, "destination_port").asText())
                && (of.path("sni").asText().isEmpty()
                    || !narrow
                    || Hosts.texts(EnvoyJson.at(has, "server_names"))
                        .contains(of.path("sni").asText()));
        if (fits) {
          all.add(chain);
        }
      }
    }
    return all;
  }

  private List<JsonNode> networkFilters() {
    JsonNode wanted = match.at("/listener/filterChain/filter/name");
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode chain : chains()) {
      for (JsonNode filter : chain.path("filters")) {
        if (is(wanted, filter.path("name").asText())) {
          all.add(filter);
        }
      }
    }
    return all;
  }

  private List<JsonNode> httpFilters() {
    JsonNode wanted = match.at("/listener/filterChain/filter/subFilter/name");
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode filter : networkFilters()) {
      for (JsonNode http : EnvoyJson.at(filter, "typed_config", "http_filters")) {
        if (is(wanted, http.path("name").asText())) {
          all.add(http);
        }
      }
    }
    return all;
  }

  /** Those of RDS, and those that are written inside of inbound listeners. */
  private List<JsonNode> routeConfigurations() {
    List<JsonNode> all = new ArrayList<>();
    if (here(false)) {
      c.pushed().routeConfigurations().stream().map(RouteResource::raw).forEach(all::add);
    }
    for (ListenerResource listener : ofContext()) {
      for (JsonNode chain : EnvoyJson.chains(listener)) {
        for (JsonNode filter : chain.path("filters")) {
          JsonNode inside = EnvoyJson.at(filter, "typed_config", "route_config");
          if (!inside.isMissingNode()) {
            all.add(inside);
          }
        }
      }
    }
    JsonNode wanted = match.path("routeConfiguration");
    all.removeIf(
        configuration ->
            !is(wanted.path("name"), configuration.path("name").asText())
                || !ofPort(wanted.path("portNumber"), configuration.path("name").asText()));
    return all;
  }

  /** As {@code 8000}, {@code http.8080}, {@code inbound|8000||}, {@code host:8000}. */
  private boolean ofPort(JsonNode wanted, String name) {
    return !narrow
        || wanted.asText().isEmpty()
        || List.of(name.split("[.|:]", -1)).contains(wanted.asText());
  }

  private List<JsonNode> virtualHosts() {
    JsonNode wanted = match.at("/routeConfiguration/vhost/name");
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode configuration : routeConfigurations()) {
      for (JsonNode host : EnvoyJson.at(configuration, "virtual_hosts")) {
        if (is(wanted, host.path("name").asText())) {
          all.add(host);
        }
      }
    }
    return all;
  }

  private List<JsonNode> routes() {
    JsonNode wanted = match.at("/routeConfiguration/vhost/route/name");
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode host : virtualHosts()) {
      for (JsonNode route : host.path("routes")) {
        if (is(wanted, route.path("name").asText())) {
          all.add(route);
        }
      }
    }
    return all;
  }

  private List<JsonNode> clusters() {
    JsonNode wanted = match.path("cluster");
    List<JsonNode> all = new ArrayList<>();
    for (ClusterResource cluster : c.pushed().clusters()) {
      Optional<ClusterName> parsed = cluster.parsedName();
      boolean inbound = parsed.filter(name -> name.direction().equals("inbound")).isPresent();
      boolean fits =
          here(inbound)
              && is(wanted.path("name"), cluster.name())
              // Of an inbound cluster istiod knows the services, and its name does not tell them.
              && (inbound || is(wanted.path("service"), parsed.map(ClusterName::host).orElse("")))
              && is(wanted.path("subset"), parsed.map(ClusterName::subset).orElse(""))
              && is(
                  wanted.path("portNumber"),
                  parsed.map(name -> String.valueOf(name.port())).orElse(""));
      if (fits) {
        all.add(cluster.raw());
      }
    }
    return all;
  }
}
