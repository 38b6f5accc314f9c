package dev.pilothouse.envoy.assertj;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThat;
import static dev.pilothouse.envoy.assertj.Samples.REVIEWS;
import static dev.pilothouse.envoy.assertj.Samples.V1;
import static dev.pilothouse.envoy.assertj.Samples.V2;
import static dev.pilothouse.envoy.assertj.Samples.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.envoy.EnvoyConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RouteAssertTest {
  private static final EnvoyConfig SIDECAR = Samples.sidecar();
  private static final EnvoyConfig VARIOUS = Samples.various();

  @Test
  void hasName() {
    httpbin(0).hasName("canary");
    httpbin(4).hasName("");
    fails(() -> httpbin(0).hasName("default"), "to have name default", "its name is canary");
  }

  @Test
  void isMadeFrom() {
    httpbin(0).isMadeFrom("VirtualService", "default", "httpbin");
    fails(
        () -> httpbin(0).isMadeFrom("HTTPRoute", "default", "httpbin"),
        "to be made from HTTPRoute default/httpbin",
        "it is made from VirtualService default/httpbin");
    fails(
        () -> shop("api").isMadeFrom("VirtualService", "default", "shop"),
        "it does not say what it is made from");
  }

  @Test
  void hasPathPrefix() {
    httpbin(0).hasPathPrefix("/get");
    fails(
        () -> httpbin(0).hasPathPrefix("/"),
        "to match the prefix \"/\"",
        "it matches prefix \"/get\", header x-user exact \"jane\"");
    fails(() -> httpbin(1).hasPathPrefix(""), "to match the prefix \"\"");
  }

  @Test
  void hasExactPath() {
    httpbin(2).hasExactPath("/old");
    fails(() -> httpbin(2).hasExactPath("/new"), "to match the path \"/new\"", "path \"/old\"");
  }

  @Test
  void hasPathSeparatedPrefix() {
    shop("api").hasPathSeparatedPrefix("/api");
    fails(() -> shop("api").hasPathSeparatedPrefix("/ap"), "path_separated_prefix \"/api\"");
  }

  @Test
  void hasPathRegex() {
    httpbin(1).hasPathRegex("/status/[0-9]+");
    fails(() -> httpbin(1).hasPathRegex("/status/.*"), "regex \"/status/[0-9]+\"");
  }

  @Test
  void hasHeaderMatch() {
    httpbin(0).hasHeaderMatch("X-User", "jane");
    httpbin(1).hasHeaderMatch(":method", "GET");
    fails(
        () -> httpbin(0).hasHeaderMatch("x-user", "joe"),
        "to match the header x-user: joe",
        "header x-user exact \"jane\"");
  }

  @Test
  void forwardsTo() {
    httpbin(4).forwardsTo(V1);
    shop("split").forwardsTo("plain");
    fails(
        () -> httpbin(0).forwardsTo(V2),
        "to forward everything to " + V2,
        "it forwards to " + V2 + " with weight 25, " + V1 + " with weight 75");
    fails(() -> httpbin(2).forwardsTo(V1), "it does not forward: it is a redirect");
    fails(
        () -> shop("chosen").forwardsTo("plain"),
        "undecided: the cluster is chosen for each request");
  }

  @Test
  void forwardsToWithWeight() {
    httpbin(0).forwardsTo(V2, 25).forwardsTo(V1, 75);
    httpbin(4).forwardsTo(V1, 1);
    fails(
        () -> httpbin(0).forwardsTo(V2, 50),
        "to forward to " + V2 + " with weight 50",
        "expected:\n  - name: " + V2 + "\n    weight: 50\n",
        "actual:\n  - name: " + V2 + "\n    weight: 25\n");
  }

  @Test
  void forwardsToOnly() {
    httpbin(0).forwardsToOnly(V1, V2);
    fails(() -> httpbin(0).forwardsToOnly(V1), "to forward to exactly [" + V1 + "]");
  }

  @Test
  void redirectsToPath() {
    httpbin(2).redirectsToPath("/new");
    fails(() -> httpbin(2).redirectsToPath("/old"), "its path_redirect is /new");
    fails(() -> httpbin(4).redirectsToPath("/old"), "it is a forward: it forwards to " + V1);
    fails(() -> shop("https").redirectsToPath("/old"), "it has no path_redirect");
  }

  @Test
  void redirectsToPrefix() {
    shop("older").redirectsToPrefix("/v2/");
    fails(() -> shop("older").redirectsToPrefix("/v3/"), "its prefix_rewrite is /v2/");
  }

  @Test
  void redirectsToHost() {
    shop("https").redirectsToHost("safe.example.com");
    fails(
        () -> shop("https").redirectsToHost("old.example.com"),
        "its host_redirect is safe.example.com");
  }

  @Test
  void redirectsToHttps() {
    shop("https").redirectsToHttps();
    fails(() -> shop("older").redirectsToHttps(), "it keeps the scheme");
  }

  @Test
  void hasRedirectStatus() {
    httpbin(2).hasRedirectStatus(302);
    shop("https").hasRedirectStatus(308);
    shop("older").hasRedirectStatus(301);
    fails(() -> httpbin(2).hasRedirectStatus(301), "its response_code is 302");
  }

  @Test
  void respondsWith() {
    httpbin(3).respondsWith(418).respondsWith(418, "short and stout");
    fails(() -> httpbin(3).respondsWith(200), "it responds with 418");
    fails(
        () -> httpbin(3).respondsWith(418, "tall"),
        "it responds with 418 and the body \"short and stout\"");
    fails(() -> httpbin(4).respondsWith(200), "it does not answer itself: it is a forward");
  }

  @Test
  void hasTimeout() {
    httpbin(0).hasTimeout(Duration.ofSeconds(4));
    shop("regex").hasTimeout(Duration.ofMillis(250));
    fails(() -> httpbin(0).hasTimeout(Duration.ofSeconds(5)), "its timeout is 4s");
    fails(() -> httpbin(2).hasTimeout(Duration.ofSeconds(5)), "it does not forward");
  }

  @Test
  void hasTimeoutCountsEnvoysDefault() {
    shop("api").hasTimeout(Duration.ofSeconds(15));
    fails(() -> shop("api").hasNoTimeout(), "to have route.timeout 0s", "its timeout is 15s");
  }

  @Test
  void hasNoTimeout() {
    httpbin(4).hasNoTimeout();
    fails(() -> httpbin(0).hasNoTimeout(), "its timeout is 4s");
  }

  @Test
  void hasRetries() {
    httpbin(0).hasRetries(3);
    fails(() -> httpbin(0).hasRetries(2), "it retries 3 times");
    fails(() -> sidecarDefault().hasRetries(2), "it has no retry policy");
  }

  @Test
  void hasRetriesOfTheVirtualHostAndEnvoysDefault() {
    shop("api").hasRetries(1).retriesOn("connect-failure", "reset");
    shop("regex").hasRetries(0).hasNoRetries();
  }

  @Test
  void hasNoRetries() {
    sidecarDefault().hasNoRetries();
    fails(() -> httpbin(0).hasNoRetries(), "it retries 3 times on 5xx", "retry_on: 5xx");
    fails(() -> shop("api").hasNoRetries(), "it retries 1 times on reset, connect-failure");
  }

  @Test
  void retriesOn() {
    httpbin(0).retriesOn("5xx");
    fails(() -> httpbin(0).retriesOn("5xx", "reset"), "it retries on [5xx]");
  }

  @Test
  void hasPerTryTimeout() {
    httpbin(0).hasPerTryTimeout(Duration.ofSeconds(1));
    fails(() -> httpbin(0).hasPerTryTimeout(Duration.ofSeconds(2)), "a try may take 1s");
  }

  @Test
  void mirrorsTo() {
    httpbin(0).mirrorsTo(REVIEWS).mirrorsTo(REVIEWS, 100);
    fails(() -> httpbin(0).mirrorsTo(V1), "it mirrors to {" + REVIEWS + "=100.0}");
    fails(() -> httpbin(0).mirrorsTo(REVIEWS, 50), "to mirror 50.0 % to " + REVIEWS);
    fails(() -> httpbin(4).mirrorsTo(REVIEWS), "it does not mirror");
  }

  @Test
  void mirrorsToCountsThePoliciesOfTheVirtualHost() {
    shop("api").mirrorsTo("plain", 50.5);
    shop("regex").mirrorsTo("simple", 100);
    fails(() -> shop("regex").mirrorsTo("plain"), "it mirrors to {simple=100.0}");
  }

  @Test
  void doesNotMirror() {
    httpbin(4).doesNotMirror();
    fails(() -> httpbin(0).doesNotMirror(), "it mirrors to {" + REVIEWS + "=100.0}");
  }

  @Test
  void rewritesPrefixTo() {
    shop("api").rewritesPrefixTo("/internal");
    fails(() -> shop("api").rewritesPrefixTo("/"), "it rewrites the prefix to /internal");
    fails(() -> httpbin(4).rewritesPrefixTo("/"), "it has none");
  }

  @Test
  void rewritesPath() {
    shop("regex").rewritesPath("^/r/(.*)", "/\\1");
    fails(
        () -> shop("regex").rewritesPath("^/r/(.*)", "/"),
        "it rewrites the path by ^/r/(.*) → /\\1");
  }

  @Test
  void rewritesHostTo() {
    shop("api").rewritesHostTo("backend.internal");
    fails(() -> shop("api").rewritesHostTo("b"), "it rewrites the host to backend.internal");
  }

  @Test
  void hasFilterConfig() {
    shop("regex").hasFilterConfig("envoy.filters.http.fault");
    fails(
        () -> shop("regex").hasFilterConfig("envoy.filters.http.cors"),
        "to have the configuration of the filter \"envoy.filters.http.cors\"",
        "nearest: envoy.filters.http.fault");
    fails(
        () -> shop("api").hasFilterConfig("envoy.filters.http.cors"),
        "there are no configurations of filters at all");
  }

  @Test
  void hasMessageSatisfying() {
    httpbin(1)
        .hasMessageSatisfying(
            route -> assertThat(route.getMatch().getQueryParametersCount()).isEqualTo(1));
    fails(
        () ->
            httpbin(1)
                .hasMessageSatisfying(
                    route -> assertThat(route.getMatch().getQueryParametersCount()).isEqualTo(2)),
        "expected: 2");
  }

  @Test
  void cluster() {
    httpbin(4).cluster().hasSubset("v1");
    fails(() -> httpbin(0).cluster(), "to forward to one cluster", "with weight 25");
    fails(() -> httpbin(4).cluster().hasSubset("v2"), "its subset is v1");
  }

  private static RouteAssert httpbin(int index) {
    return assertThat(SIDECAR).route("8000").virtualHost("httpbin").route(index);
  }

  private static RouteAssert sidecarDefault() {
    return assertThat(SIDECAR).route("8000").virtualHost("allow_any").route("allow_any");
  }

  private static RouteAssert shop(String route) {
    return assertThat(VARIOUS).route("various").virtualHost("shop").route(route);
  }
}
