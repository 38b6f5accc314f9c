package dev.pilothouse.envoy.trace;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An HTTP connection manager, compiled: what it does to a request before it looks for a route. */
final class HttpManager {
  /** Newer fields that change what a route is chosen by. */
  private static final List<String> DECISIVE = List.of("forward_proto_config");

  /** Those that Envoy's parser of HTTP/1 takes. */
  private static final Set<String> METHODS =
      Set.of(
          "ACL",
          "BIND",
          "CHECKOUT",
          "CONNECT",
          "COPY",
          "DELETE",
          "GET",
          "HEAD",
          "LINK",
          "LOCK",
          "MERGE",
          "MKACTIVITY",
          "MKCALENDAR",
          "MKCOL",
          "MOVE",
          "MSEARCH",
          "M-SEARCH",
          "NOTIFY",
          "OPTIONS",
          "PATCH",
          "POST",
          "PROPFIND",
          "PROPPATCH",
          "PURGE",
          "PUT",
          "REBIND",
          "REPORT",
          "SEARCH",
          "SOURCE",
          "SUBSCRIBE",
          "TRACE",
          "UNBIND",
          "UNLINK",
          "UNLOCK",
          "UNSUBSCRIBE");

  private final HttpConnectionManager config;
  private final String pointer;
  private final UnknownParts unknownParts;
  private final HttpFilters filters;
  private final @Nullable ScopedRoutes scoped;
  private final String unknown;
  private final Verdict dotsWithParameters;

  /**
   * What came out.
   *
   * @param facts what to look for a route with; null when it does not come to that
   * @param answer Envoy's own answer, or null
   * @param undecided why nobody can tell; empty when it is decided
   */
  record Prepared(@Nullable Facts facts, @Nullable Outcome answer, String undecided) {}

  HttpManager(
      HttpConnectionManager config,
      String pointer,
      UnknownParts unknownParts,
      RuntimeSettings runtime) {
    this.dotsWithParameters = runtime.feature("strip_dotdot_segments_with_parameters", 39);
    this.config = config;
    this.pointer = pointer;
    this.unknownParts = unknownParts;
    this.filters = new HttpFilters(config.getHttpFiltersList());
    this.scoped =
        config.hasScopedRoutes()
            ? new ScopedRoutes(config.getScopedRoutes(), pointer + "/scoped_routes")
            : null;
    String newer = unknownParts.field(pointer, DECISIVE);
    if (!newer.isEmpty()) {
      this.unknown = newer + " is newer than this library";
    } else if (config.getEarlyHeaderMutationExtensionsCount() > 0) {
      this.unknown = "early header mutations may change the request before it is routed";
    } else {
      this.unknown = "";
    }
  }

  String pointer() {
    return pointer;
  }

  UnknownParts unknownParts() {
    return unknownParts;
  }

  HttpFilters filters() {
    return filters;
  }

  /** The name under which its routes come from RDS; empty when they are written in it. */
  String routeConfigName() {
    return config.getRds().getRouteConfigName();
  }

  @Nullable RouteConfiguration inlineRoutes() {
    return config.hasRouteConfig() ? config.getRouteConfig() : null;
  }

  /** Whether CONNECT is taken where a route does not say. */
  boolean takesConnect() {
    return config.getUpgradeConfigsList().stream()
        .anyMatch(
            upgrade ->
                Ascii.equal(upgrade.getUpgradeType(), "CONNECT")
                    && (!upgrade.hasEnabled() || upgrade.getEnabled().getValue()));
  }

  /** The scopes that choose its route configuration; null when it has none. */
  @Nullable ScopedRoutes scoped() {
    return scoped;
  }

  boolean internalAddressesKnown() {
    return !config.hasInternalAddressConfig();
  }

  Prepared prepare(Connection connection, FilterChainEntry chain, HttpRequest request) {
    if (!unknown.isEmpty()) {
      return new Prepared(null, null, unknown);
    }
    if (request.authority().isEmpty()) {
      return answer(400, "the request has no host");
    }
    if (request.protocol() == HttpRequest.Protocol.HTTP_1_1
        && !METHODS.contains(request.method())) {
      return answer(400, "Envoy knows no method " + request.method());
    }
    String path = request.path();
    boolean connect = request.method().equals("CONNECT");
    if (!connect) {
      if (path.indexOf('#') >= 0) {
        return answer(400, "the path has a fragment");
      }
      if (!path.startsWith("/")) {
        boolean first = request.protocol() == HttpRequest.Protocol.HTTP_1_1;
        return answer(first ? 400 : 404, "the path does not start with a slash");
      }
      PathWithEscapedSlashesAction slashes = config.getPathWithEscapedSlashesAction();
      if (slashes.getNumber() > PathWithEscapedSlashesAction.KEEP_UNCHANGED_VALUE) {
        String unescaped = PathNormalizer.unescapeSlashes(path);
        if (!unescaped.equals(path)) {
          if (slashes == PathWithEscapedSlashesAction.REJECT_REQUEST) {
            return answer(400, "the path has an escaped slash");
          }
          path = unescaped;
        }
      }
      if (config.getNormalizePath().getValue()) {
        String canonical = PathNormalizer.canonical(path, dotsWithParameters);
        if (canonical == null) {
          return new Prepared(null, null, "what Envoy makes of this path is not known here");
        }
        path = canonical;
      }
      if (config.getMergeSlashes()) {
        path = PathNormalizer.mergeSlashes(path);
      }
      if (slashes == PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT
          && !PathNormalizer.unescapeSlashes(request.path()).equals(request.path())) {
        return redirectToNormalized(connection, chain, request, path);
      }
    }
    return new Prepared(facts(connection, chain, request, path), null, "");
  }

  private Prepared redirectToNormalized(
      Connection connection, FilterChainEntry chain, HttpRequest request, String path) {
    if (new GrpcMatch().test(facts(connection, chain, request, path)) == Verdict.YES) {
      return answer(400, "the path of a gRPC request has an escaped slash");
    }
    return new Prepared(null, new Outcome.Redirect(307, path, "the path had an escaped slash"), "");
  }

  private Facts facts(
      Connection connection, FilterChainEntry chain, HttpRequest request, String path) {
    boolean tls = chain.transport() == FilterChainEntry.Transport.TLS;
    String own = tls ? "https" : "http";
    String forwarded = null;
    for (HttpRequest.Header header : request.headers()) {
      if (header.name().equals("x-forwarded-proto")) {
        forwarded = header.value();
      }
    }
    boolean trusted = !config.getUseRemoteAddress().getValue() || config.getXffNumTrustedHops() > 0;
    if (forwarded == null || !trusted) {
      forwarded = own;
    }
    String scheme = request.protocol() == HttpRequest.Protocol.HTTP_2 ? request.scheme() : "";
    if (scheme.isEmpty()) {
      String lower = Ascii.lower(forwarded);
      scheme = lower.equals("http") || lower.equals("https") ? lower : own;
    }
    String overwrite = config.getSchemeHeaderTransformation().getSchemeToOverwrite();
    if (!overwrite.isEmpty()) {
      scheme = overwrite;
      forwarded = overwrite;
    }
    return new Facts(
        connection, chain, request, host(connection, request), path, scheme, forwarded);
  }

  private String host(Connection connection, HttpRequest request) {
    String host = request.authority();
    if (config.getStripTrailingHostDot()) {
      host = Hosts.withoutTrailingDot(host);
    }
    if (config.getStripAnyHostPort()) {
      return Hosts.withoutPort(host, -1);
    }
    return config.getStripMatchingHostPort()
        ? Hosts.withoutPort(host, connection.destinationPort())
        : host;
  }

  private static Prepared answer(int status, String why) {
    return new Prepared(null, new Outcome.LocalReply(status, why), "");
  }
}
