package dev.pilothouse.envoy.trace;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An HTTP connection manager, compiled: what it does to a request before it looks for a route. */
final class HttpManager {
  /** Newer fields that change what a route is chosen by. */
  private static final List<String> DECISIVE = List.of("forward_proto_config");

  private final HttpConnectionManager config;
  private final String pointer;
  private final UnknownParts unknownParts;
  private final HttpCodec codec;
  private final HttpFilters filters;
  private final Map<String, HttpFilters> upgradeFilters = new HashMap<>();
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
    this.codec = new HttpCodec(config, runtime);
    this.filters = new HttpFilters(config.getHttpFiltersList());
    config.getUpgradeConfigsList().stream()
        .filter(upgrade -> upgrade.getFiltersCount() > 0)
        .forEach(
            upgrade ->
                upgradeFilters.put(
                    Ascii.lower(upgrade.getUpgradeType()),
                    new HttpFilters(upgrade.getFiltersList())));
    this.scoped =
        config.hasScopedRoutes()
            ? new ScopedRoutes(config.getScopedRoutes(), pointer, unknownParts)
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

  /**
   * The HTTP filters.
   *
   * @param upgrade the protocol that is asked for, which may have filters of its own; or empty
   */
  HttpFilters filters(String upgrade) {
    return upgradeFilters.getOrDefault(Ascii.lower(upgrade), filters);
  }

  /** The name under which its routes come from RDS; empty when they are written in it. */
  String routeConfigName() {
    return config.getRds().getRouteConfigName();
  }

  @Nullable RouteConfiguration inlineRoutes() {
    return config.hasRouteConfig() ? config.getRouteConfig() : null;
  }

  /**
   * Whether a protocol is taken where a route does not say.
   *
   * @param type as websocket, or CONNECT
   */
  boolean takesUpgrade(String type) {
    return config.getUpgradeConfigsList().stream()
        .anyMatch(
            upgrade ->
                Ascii.equal(upgrade.getUpgradeType(), type)
                    && (!upgrade.hasEnabled() || upgrade.getEnabled().getValue()));
  }

  /** The scopes that choose its route configuration; null when it has none. */
  @Nullable ScopedRoutes scoped() {
    return scoped;
  }

  boolean internalAddressesKnown() {
    return !config.hasInternalAddressConfig();
  }

  Prepared prepare(Connection connection, FilterChainEntry chain, HttpRequest sent) {
    if (!unknown.isEmpty()) {
      return new Prepared(null, null, unknown);
    }
    boolean tls = chain.transport() == FilterChainEntry.Transport.TLS;
    HttpCodec.Read read = codec.read(sent, tls);
    if (read.answer() != null || !read.undecided().isEmpty()) {
      return new Prepared(null, read.answer(), read.undecided());
    }
    String path = read.request().path();
    Facts asSent = facts(connection, chain, read, path);
    if (asSent.connect()) {
      return new Prepared(asSent, null, "");
    }
    if (path.indexOf('#') >= 0) {
      return answer(asSent, 400, "the path has a fragment");
    }
    if (!path.startsWith("/")) {
      return answer(asSent, 404, "the path does not start with a slash");
    }
    PathWithEscapedSlashesAction slashes = config.getPathWithEscapedSlashesAction();
    boolean escaped = false;
    if (slashes.getNumber() > PathWithEscapedSlashesAction.KEEP_UNCHANGED_VALUE) {
      String unescaped = PathNormalizer.unescapeSlashes(path);
      escaped = !unescaped.equals(path);
      if (escaped && slashes == PathWithEscapedSlashesAction.REJECT_REQUEST) {
        return answer(asSent, 400, "the path has an escaped slash");
      }
      path = unescaped;
    }
    if (config.getNormalizePath().getValue()) {
      if (PathNormalizer.hasNul(path)) {
        return answer(asSent, 400, "the path has an escaped zero byte");
      }
      String canonical = PathNormalizer.canonical(path, dotsWithParameters);
      if (canonical == null) {
        return new Prepared(null, null, "what Envoy makes of this path is not known here");
      }
      path = canonical;
    }
    if (config.getMergeSlashes()) {
      path = PathNormalizer.mergeSlashes(path);
    }
    Facts facts = facts(connection, chain, read, path);
    if (escaped && slashes == PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT) {
      return new GrpcMatch().test(facts) == Verdict.YES
          ? answer(facts, 400, "the path of a gRPC request has an escaped slash")
          : new Prepared(
              null, new Outcome.Redirect(307, path, "the path had an escaped slash"), "");
    }
    return new Prepared(facts, null, "");
  }

  private Facts facts(
      Connection connection, FilterChainEntry chain, HttpCodec.Read read, String path) {
    HttpRequest request = read.request();
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
    String scheme = read.scheme();
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

  private static Prepared answer(Facts facts, int status, String why) {
    return new Prepared(null, OwnAnswer.of(new Outcome.LocalReply(status, why), facts), "");
  }
}
