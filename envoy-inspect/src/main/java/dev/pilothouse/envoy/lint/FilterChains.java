package dev.pilothouse.envoy.lint;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds filter chains that match the same connections, or cannot serve any. */
final class FilterChains implements PartCheck {
  private static final String LISTENER = "envoy.config.listener.v3.Listener";
  private static final String CHAIN = "envoy.config.listener.v3.FilterChain";
  private static final String MANAGER =
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

  // Of these it is certain that they pass the request on to a next filter.
  private static final Set<String> NOT_TERMINAL =
      Set.of(
          "adaptive_concurrency.v3.AdaptiveConcurrency",
          "admission_control.v3.AdmissionControl",
          "buffer.v3.Buffer",
          "compressor.v3.Compressor",
          "cors.v3.Cors",
          "csrf.v3.CsrfPolicy",
          "decompressor.v3.Decompressor",
          "ext_authz.v3.ExtAuthz",
          "ext_proc.v3.ExternalProcessor",
          "fault.v3.HTTPFault",
          "grpc_stats.v3.FilterConfig",
          "grpc_web.v3.GrpcWeb",
          "header_to_metadata.v3.Config",
          "health_check.v3.HealthCheck",
          "jwt_authn.v3.JwtAuthentication",
          "local_ratelimit.v3.LocalRateLimit",
          "lua.v3.Lua",
          "oauth2.v3.OAuth2",
          "on_demand.v3.OnDemand",
          "ratelimit.v3.RateLimit",
          "rbac.v3.RBAC",
          "set_filter_state.v3.Config",
          "stateful_session.v3.StatefulSession",
          "wasm.v3.Wasm");

  private final Findings findings;

  FilterChains(Findings findings) {
    this.findings = findings;
  }

  @Override
  public boolean looksAtRejected() {
    return true;
  }

  @Override
  public void check(Part part) {
    if (part.is(LISTENER)) {
      checkMatches(part);
      part.part("default_filter_chain").ifPresent(chain -> checkFilters(chain, part));
      part.parts("filter_chains").forEach(chain -> checkFilters(chain, part));
    } else if (part.is(MANAGER) && !isInsideApiListener(part)) {
      checkTerminal(part);
    }
  }

  private void checkMatches(Part listener) {
    if (listener.has("filter_chain_matcher")) {
      // It chooses chains by name; their own matches mean nothing.
      return;
    }
    Map<List<String>, Part> taken = new HashMap<>();
    for (Part chain : listener.parts("filter_chains")) {
      Part first = null;
      Set<List<String>> own = new HashSet<>(ChainMatch.of(chain));
      for (List<String> match : own) {
        Part other = taken.putIfAbsent(match, chain);
        first = first == null ? other : first;
      }
      if (first != null) {
        findings.error(
            LintRule.DUPLICATE_FILTER_CHAIN_MATCH,
            chain,
            "The filter chain "
                + name(chain)
                + " matches connections that the chain "
                + name(first)
                + " matches as well: Envoy refuses the listener and keeps the one it had.");
      }
    }
  }

  private void checkFilters(Part chain, Part listener) {
    boolean isTcp = !listener.has("udp_listener_config") && !listener.has("internal_listener");
    if (isTcp && chain.parts("filters").isEmpty()) {
      findings.error(
          LintRule.FILTER_CHAIN_WITHOUT_FILTERS,
          chain,
          "Filter chain "
              + name(chain)
              + " has no filter: Envoy closes every connection that it matches.");
    }
  }

  private void checkTerminal(Part manager) {
    List<Part> filters = manager.parts("http_filters");
    if (filters.isEmpty()) {
      findings.error(
          LintRule.NO_TERMINAL_FILTER,
          manager,
          "The HTTP connection manager has no HTTP filter, so no router: no request is answered.");
      return;
    }
    Part last = filters.get(filters.size() - 1);
    String type = last.value("typed_config").path("@type").asText();
    String http = "envoy.extensions.filters.http.";
    int start = type.indexOf(http);
    if (start >= 0 && NOT_TERMINAL.contains(type.substring(start + http.length()))) {
      findings.error(
          LintRule.NO_TERMINAL_FILTER,
          last,
          "The last HTTP filter is "
              + last.text("name")
              + ", which ends no request as the router does: Envoy refuses the listener and keeps"
              + " the one it had.");
    }
  }

  private static boolean isInsideApiListener(Part manager) {
    Part parent = manager.parent();
    return parent == null || parent.is("envoy.config.listener.v3.ApiListener");
  }

  private static String name(Part chain) {
    return chain.is(CHAIN) && !chain.text("name").isEmpty() ? chain.text("name") : "without a name";
  }
}
