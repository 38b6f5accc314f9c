package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Route;
import dev.pilothouse.envoy.Route.Action;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a route that Envoy answers by itself: with a redirect, or with a response.
 *
 * @param <S> the assertion's own type
 */
public abstract class AbstractRouteAnswerAssert<S extends AbstractRouteAnswerAssert<S>>
    extends AbstractRouteTargetAssert<S> {

  AbstractRouteAnswerAssert(@Nullable Route actual, Class<?> type) {
    super(actual, type);
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
}
