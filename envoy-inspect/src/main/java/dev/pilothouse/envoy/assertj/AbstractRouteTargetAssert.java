package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Route;
import dev.pilothouse.envoy.Route.Action;
import dev.pilothouse.envoy.Route.WeightedCluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on where a route leads: to clusters, to a redirect, or to an answer of its own.
 *
 * @param <S> the assertion's own type
 */
public abstract class AbstractRouteTargetAssert<S extends AbstractRouteTargetAssert<S>>
    extends AbstractHeadersAssert<S, Route> {

  AbstractRouteTargetAssert(@Nullable Route actual, Class<?> type) {
    super(actual, type);
  }

  /**
   * Verifies that it sends everything to one cluster. Clusters of weight 0 do not count.
   *
   * <pre>{@code
   * route.forwardsTo("outbound|8000|v1|httpbin.default.svc.cluster.local");  // passes
   * route.forwardsTo("outbound|8000|v2|httpbin.default.svc.cluster.local");
   * // fails: it forwards to outbound|8000|v1|httpbin.default.svc.cluster.local
   * }</pre>
   *
   * @param cluster the cluster's name
   * @return this
   */
  public S forwardsTo(String cluster) {
    return verify(
        () -> {
          String wanted = "to forward everything to " + cluster;
          List<String> there =
              clusters(wanted).stream()
                  .filter(c -> c.weight() > 0)
                  .map(WeightedCluster::name)
                  .distinct()
                  .toList();
          if (!there.equals(List.of(cluster))) {
            throw differs(
                wanted,
                forwards(),
                weights(clusters(wanted)),
                weights(List.of(new WeightedCluster(cluster, 1))));
          }
        });
  }

  /**
   * Verifies that it sends a share of its requests to a cluster.
   *
   * <pre>{@code
   * route.forwardsTo("outbound|8000|v2|httpbin.default.svc.cluster.local", 25);  // passes
   * route.forwardsTo("outbound|8000|v2|httpbin.default.svc.cluster.local", 50);
   * // fails: it forwards to …|v2|… with weight 25, …|v1|… with weight 75
   * }</pre>
   *
   * @param cluster the cluster's name
   * @param weight its weight, as it is written; a cluster alone has the weight 1
   * @return this
   */
  public S forwardsTo(String cluster, long weight) {
    return verify(
        () -> {
          String wanted = "to forward to %s with weight %d".formatted(cluster, weight);
          List<WeightedCluster> there = clusters(wanted);
          if (!there.contains(new WeightedCluster(cluster, weight))) {
            List<WeightedCluster> expected = new ArrayList<>(there);
            expected.replaceAll(
                c -> c.name().equals(cluster) ? new WeightedCluster(cluster, weight) : c);
            if (expected.equals(there)) {
              expected.add(new WeightedCluster(cluster, weight));
            }
            throw differs(wanted, forwards(), weights(there), weights(expected));
          }
        });
  }

  /**
   * Verifies to which clusters it forwards: these and no others, in any order.
   *
   * <pre>{@code
   * route.forwardsToOnly("outbound|8000|v1|httpbin", "outbound|8000|v2|httpbin");  // passes
   * route.forwardsToOnly("outbound|8000|v1|httpbin");  // fails: it forwards to …
   * }</pre>
   *
   * @param clusters the clusters' names
   * @return this
   */
  public S forwardsToOnly(String... clusters) {
    return verify(
        () -> {
          TreeSet<String> expected = new TreeSet<>(Arrays.asList(clusters));
          String wanted = "to forward to exactly " + expected;
          TreeSet<String> there = new TreeSet<>();
          clusters(wanted).forEach(cluster -> there.add(cluster.name()));
          if (!there.equals(expected)) {
            throw differs(wanted, forwards(), there, expected);
          }
        });
  }

  /**
   * Verifies that it redirects to a path.
   *
   * <pre>{@code
   * host.route("moved").redirectsToPath("/new");  // passes
   * host.route("moved").redirectsToPath("/old");  // fails: it redirects to path "/new"
   * }</pre>
   *
   * @param path the new path; empty for one that stays as it is
   * @return this
   */
  public S redirectsToPath(String path) {
    return verify(() -> redirects("path_redirect", redirect().getPathRedirect(), path));
  }

  /**
   * Verifies that it redirects with another prefix of the path.
   *
   * <pre>{@code
   * route.redirectsToPrefix("/v2/");  // passes
   * route.redirectsToPrefix("/v3/");  // fails: its prefix_rewrite is /v2/
   * }</pre>
   *
   * @param prefix the new prefix; empty for none
   * @return this
   */
  public S redirectsToPrefix(String prefix) {
    return verify(() -> redirects("prefix_rewrite", redirect().getPrefixRewrite(), prefix));
  }

  /**
   * Verifies that it redirects to a host.
   *
   * <pre>{@code
   * route.redirectsToHost("new.example.com");  // passes
   * route.redirectsToHost("old.example.com");  // fails: its host_redirect is new.example.com
   * }</pre>
   *
   * @param host the host; empty for one that stays as it is
   * @return this
   */
  public S redirectsToHost(String host) {
    return verify(() -> redirects("host_redirect", redirect().getHostRedirect(), host));
  }

  /**
   * Verifies that it redirects to HTTPS.
   *
   * <pre>{@code
   * gateway.route(0).redirectsToHttps();  // passes
   * sidecar.route(0).redirectsToHttps();  // fails: it is no redirect
   * }</pre>
   *
   * @return this
   */
  public S redirectsToHttps() {
    return verify(
        () -> {
          RedirectAction redirect = redirect();
          boolean https =
              redirect.getHttpsRedirect() || redirect.getSchemeRedirect().equalsIgnoreCase("https");
          if (!https) {
            throw differs(
                "to redirect to HTTPS",
                "it keeps the scheme or redirects to another",
                Yaml.field("redirect", redirect),
                Yaml.field("redirect.https_redirect", true));
          }
        });
  }

  /**
   * Verifies the status of its redirect.
   *
   * <pre>{@code
   * host.route("moved").hasRedirectStatus(302);  // passes
   * host.route("moved").hasRedirectStatus(301);  // fails: its response_code is 302
   * }</pre>
   *
   * @param status 301, 302, 303, 307 or 308; Envoy's default is 301
   * @return this
   */
  public S hasRedirectStatus(int status) {
    return verify(() -> redirects("response_code", redirectStatus(), status));
  }

  /**
   * Verifies that it answers itself, with a status.
   *
   * <pre>{@code
   * host.route("teapot").respondsWith(418);  // passes
   * host.route("teapot").respondsWith(200);  // fails: it responds with 418
   * }</pre>
   *
   * @param status the HTTP status
   * @return this
   */
  public S respondsWith(int status) {
    return verify(
        () -> {
          String wanted = "to respond with " + status;
          DirectResponseAction response = directResponse(wanted);
          if (response.getStatus() != status) {
            throw differs(
                wanted,
                "it responds with " + response.getStatus(),
                Yaml.field("direct_response.status", response.getStatus()),
                Yaml.field("direct_response.status", status));
          }
        });
  }

  /**
   * Verifies that it answers itself, with a status and a body.
   *
   * <pre>{@code
   * host.route("teapot").respondsWith(418, "short and stout");  // passes
   * host.route("teapot").respondsWith(418, "tall");             // fails: short and stout
   * }</pre>
   *
   * @param status the HTTP status
   * @param body the body; empty for none. One from a file or the environment is undecided
   * @return this
   */
  public S respondsWith(int status, String body) {
    return verify(
        () -> {
          String wanted = "to respond with %d and the body \"%s\"".formatted(status, body);
          DirectResponseAction response = directResponse(wanted);
          String there = text(wanted, response.getBody());
          if (response.getStatus() != status || !there.equals(body)) {
            throw differs(
                wanted,
                "it responds with %d and the body \"%s\"".formatted(response.getStatus(), there),
                Yaml.field("direct_response", response),
                Yaml.field(
                    "direct_response",
                    DirectResponseAction.newBuilder()
                        .setStatus(status)
                        .setBody(DataSource.newBuilder().setInlineString(body))
                        .build()));
          }
        });
  }

  /** Where it forwards to, or a failure if it does not forward, or not to clusters it names. */
  final List<WeightedCluster> clusters(String wanted) {
    requireForward(wanted);
    if (actual.clusters().isEmpty()
        || actual.clusters().stream().anyMatch(cluster -> cluster.name().isEmpty())) {
      throw undecided(wanted, "the cluster is chosen for each request, as by a header");
    }
    return actual.clusters();
  }

  final void requireForward(String wanted) {
    if (actual.action() != Action.FORWARD) {
      throw failed(wanted, "it does not forward: it is a " + actionText());
    }
  }

  final String forwards() {
    return "it forwards to "
        + String.join(
            ", ",
            actual.clusters().stream()
                .map(
                    c ->
                        actual.clusters().size() == 1
                            ? c.name()
                            : c.name() + " with weight " + c.weight())
                .toList());
  }

  final io.envoyproxy.envoy.config.route.v3.Route message() {
    return Deep.route(spot(), actual);
  }

  private static List<Object> weights(List<WeightedCluster> clusters) {
    List<Object> list = new ArrayList<>();
    for (WeightedCluster cluster : clusters) {
      Map<String, Object> entry = Yaml.field("name", cluster.name());
      entry.put("weight", cluster.weight());
      list.add(entry);
    }
    return list;
  }

  private RedirectAction redirect() {
    if (actual.action() != Action.REDIRECT) {
      throw failed(
          "to be a redirect",
          "it is a " + actionText() + (actual.action() == Action.FORWARD ? ": " + forwards() : ""));
    }
    return message().getRedirect();
  }

  private int redirectStatus() {
    return switch (redirect().getResponseCode()) {
      case MOVED_PERMANENTLY -> 301;
      case FOUND -> 302;
      case SEE_OTHER -> 303;
      case TEMPORARY_REDIRECT -> 307;
      case PERMANENT_REDIRECT -> 308;
      case UNRECOGNIZED ->
          throw undecided("to redirect with a status", "nothing is known of its response_code");
    };
  }

  private void redirects(String field, Object there, Object expected) {
    if (!there.equals(expected)) {
      throw differs(
          "to redirect with %s %s".formatted(field, expected),
          there.equals("") ? "it has no " + field : "its %s is %s".formatted(field, there),
          Yaml.field("redirect." + field, there),
          Yaml.field("redirect." + field, expected));
    }
  }

  private DirectResponseAction directResponse(String wanted) {
    if (actual.action() != Action.DIRECT_RESPONSE) {
      throw failed(
          wanted,
          "it does not answer itself: it is a "
              + actionText()
              + (actual.action() == Action.FORWARD ? ", " + forwards() : ""));
    }
    return message().getDirectResponse();
  }

  private String text(String wanted, DataSource source) {
    return switch (source.getSpecifierCase()) {
      case INLINE_STRING -> source.getInlineString();
      case INLINE_BYTES -> source.getInlineBytes().toStringUtf8();
      case SPECIFIER_NOT_SET -> "";
      case FILENAME, ENVIRONMENT_VARIABLE ->
          throw undecided(wanted, "the body comes from outside: " + source.getSpecifierCase());
    };
  }

  private String actionText() {
    return actual.action().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  final void same(String field, String said, Object there, Object expected) {
    if (!there.equals(expected)) {
      throw differs(
          "to have " + field + " " + expected,
          there.equals("") ? "it has none" : said + " " + there,
          Yaml.field(field, there),
          Yaml.field(field, expected));
    }
  }
}
