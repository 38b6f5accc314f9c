package dev.pilothouse.envoy.lint;

import java.util.Locale;

/** The rules. Each finds one kind of fault; where a dump does not decide, it finds nothing. */
public enum LintRule {
  /** Something leads to a cluster that is not there. */
  DANGLING_CLUSTER,
  /** A listener or a scope asks RDS for a route configuration that is not there. */
  DANGLING_ROUTE_CONFIGURATION,
  /** TLS asks for a secret that is not there. */
  DANGLING_SECRET,
  /** A route that an earlier one of its virtual host always takes. */
  SHADOWED_ROUTE,
  /** A domain stands in two virtual hosts of a route configuration. */
  DUPLICATE_DOMAIN,
  /** Two filter chains of a listener match the same connections. */
  DUPLICATE_FILTER_CHAIN_MATCH,
  /** A filter chain has no filter. */
  FILTER_CHAIN_WITHOUT_FILTERS,
  /** The last HTTP filter of a connection manager does not end the request, as the router does. */
  NO_TERMINAL_FILTER,
  /** A subset of a DestinationRule has no endpoint. */
  SUBSET_WITHOUT_ENDPOINTS,
  /** A cluster has no healthy endpoint, or none at all though a rule sends requests to it. */
  NO_HEALTHY_ENDPOINT,
  /** A regular expression is none that Envoy can read. */
  INVALID_REGEX,
  /** A certificate is not valid any more, or not yet. */
  EXPIRED_CERTIFICATE,
  /** A certificate ends soon: within seven days, and within the last quarter of its life. */
  EXPIRING_CERTIFICATE,
  /** Something is not of the type that Envoy's API has there, so that nobody can read it. */
  UNREADABLE,
  /** Envoy refused a resource. */
  REJECTED,
  /** A resource waits for something before it is used. */
  WARMING;

  /**
   * The rule's id.
   *
   * @return for example {@code dangling-cluster}
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
