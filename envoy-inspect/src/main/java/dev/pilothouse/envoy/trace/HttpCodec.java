package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.EnvoyConfigException;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Envoy's codec makes of a request before the connection manager sees it. Its refusals are
 * plain HTTP, for gRPC too.
 */
final class HttpCodec {
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

  private static final Pattern ABSOLUTE = Pattern.compile("([A-Za-z]+)://([^/?#]*)(.*)");
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?");
  private static final int DEFAULT_KIB = 60;
  private static final int HIGHEST_PORT = 65_535;

  private static final int DEFAULT_COUNT = 100;

  /** Envoy has two codecs for HTTP/2. */
  private static final String HTTP2_CODEC = "envoy.reloadable_features.http2_use_oghttp2";

  private final int limit;
  private final long count;
  private final List<TextMatch> ignoredUpgrades;
  private final boolean absoluteTargets;
  private final Verdict emptyAuthority;

  /**
   * What came out.
   *
   * @param request as the connection manager sees it
   * @param scheme what the request itself says; empty when it does not
   * @param answer the refusal, or null
   * @param undecided why nobody can tell; empty when it is decided
   */
  record Read(HttpRequest request, String scheme, @Nullable Outcome answer, String undecided) {}

  HttpCodec(HttpConnectionManager config, RuntimeSettings runtime) {
    this.count =
        config.getCommonHttpProtocolOptions().hasMaxHeadersCount()
            ? config.getCommonHttpProtocolOptions().getMaxHeadersCount().getValue()
            : runtime.number("envoy.reloadable_features.max_request_headers_count", DEFAULT_COUNT);
    this.ignoredUpgrades =
        config.getHttpProtocolOptions().getIgnoreHttp11UpgradeList().stream()
            .map(TextMatch::of)
            .toList();
    this.limit =
        1024
            * (config.hasMaxRequestHeadersKb()
                ? config.getMaxRequestHeadersKb().getValue()
                : DEFAULT_KIB);
    this.emptyAuthority =
        config.getHttp2ProtocolOptions().hasUseOghttp2Codec() || runtime.has(HTTP2_CODEC)
            ? Verdict.UNKNOWN
            : runtime.since(37).not();
    this.absoluteTargets =
        !config.getHttpProtocolOptions().hasAllowAbsoluteUrl()
            || config.getHttpProtocolOptions().getAllowAbsoluteUrl().getValue();
  }

  Read read(HttpRequest request, boolean tls) {
    int least = 0;
    for (HttpRequest.Header header : request.headers()) {
      if (header.name().equals("host")) {
        return undecided(request, "the request has several hosts");
      }
      least += header.name().length() + header.value().length();
    }
    // The request line and what separates headers may count too.
    int most =
        least
            + 6 * request.headers().size()
            + 200
            + request.path().length()
            + request.authority().length();
    boolean first = request.protocol() == HttpRequest.Protocol.HTTP_1_1;
    // Envoy joins some headers of one name, and counts some of its own.
    long names = request.headers().stream().map(HttpRequest.Header::name).distinct().count();
    if (first && names > count) {
      return refused(request, 431, "there are more than " + count + " headers");
    }
    if (request.headers().size() + 5 > count) {
      return undecided(request, "there are about " + count + " headers");
    }
    return first ? first(request, tls, least, most) : second(request, most);
  }

  /** Some wishes to change the protocol are to be ignored. */
  private @Nullable HttpRequest withoutIgnored(HttpRequest request) {
    List<HttpRequest.Header> wishes =
        request.headers().stream().filter(header -> header.name().equals("upgrade")).toList();
    if (wishes.isEmpty() || ignoredUpgrades.isEmpty()) {
      return request;
    }
    Verdict ignored = Verdict.NO;
    for (TextMatch match : ignoredUpgrades) {
      ignored = ignored.or(match.test(wishes.get(0).value()));
    }
    if (ignored == Verdict.UNKNOWN || wishes.size() > 1) {
      return null;
    }
    if (ignored == Verdict.NO) {
      return request;
    }
    List<HttpRequest.Header> rest = new ArrayList<>(request.headers());
    rest.removeAll(wishes);
    return new HttpRequest(
        request.method(),
        request.scheme(),
        request.authority(),
        request.path(),
        rest,
        request.protocol());
  }

  private Read first(HttpRequest sent, boolean tls, int least, int most) {
    HttpRequest request = withoutIgnored(sent);
    if (request == null) {
      return undecided(sent, "whether Envoy ignores the header upgrade is not known here");
    }
    if (least > limit) {
      return refused(request, 431, "the headers are larger than " + limit + " bytes");
    }
    if (most > limit) {
      return undecided(request, "the headers are about as large as " + limit + " bytes");
    }
    if (!METHODS.contains(request.method())) {
      return refused(request, 400, "Envoy knows no method " + request.method());
    }
    String path = request.path();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c >= 0x80) {
        return refused(request, 400, "the path has bytes that are not ASCII");
      }
      if (c == '\r' || c == '\n' || c == 0) {
        return undecided(request, "a line break in the path makes it another request");
      }
      if (odd(c)) {
        return refused(request, 400, "the path has blanks or control characters");
      }
    }
    if (path.startsWith("/") || (path.equals("*") && request.method().equals("OPTIONS"))) {
      return read(request, "");
    }
    if (request.method().equals("CONNECT")) {
      return HOST.matcher(path).matches() && Hosts.portStart(path) > 0
          ? read(changed(request, path, path), "")
          : refused(request, 400, "CONNECT wants a host with its port");
    }
    return absoluteTargets ? absolute(request, tls) : read(request, "");
  }

  /** The target's host counts, whatever the Host header says. */
  private static Read absolute(HttpRequest request, boolean tls) {
    Matcher url = ABSOLUTE.matcher(request.path());
    if (!url.matches()) {
      return refused(request, 400, "the target is neither a path nor a URL");
    }
    String scheme = url.group(1).toLowerCase(Locale.ROOT);
    String authority = url.group(2);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return refused(request, 400, "Envoy knows no URLs of " + scheme);
    }
    Matcher host = HOST.matcher(authority);
    boolean named = host.matches();
    if (authority.indexOf('@') < 0 && (!named || port(host.group(2)) > HIGHEST_PORT)) {
      return refused(request, 400, "the URL has no valid host");
    }
    if (!named || !scheme.equals(tls ? "https" : "http") || oddAddress(authority)) {
      return undecided(request, "what Envoy makes of this absolute URL is not known here");
    }
    String path = url.group(3);
    return read(changed(request, authority, path.startsWith("/") ? path : "/" + path), scheme);
  }

  private static int port(@Nullable String suffix) {
    return suffix == null ? 0 : Integer.parseInt(suffix.substring(1));
  }

  private static boolean oddAddress(String authority) {
    if (!authority.startsWith("[")) {
      return false;
    }
    try {
      Ip.parse(authority.substring(1, authority.indexOf(']')));
      return false;
    } catch (EnvoyConfigException e) {
      return true; // whether Envoy's parser reads it is another matter
    }
  }

  private Read second(HttpRequest request, int most) {
    if (request.authority().isEmpty() && emptyAuthority != Verdict.YES) {
      return emptyAuthority == Verdict.NO
          ? reset(request, "that has no authority")
          : undecided(request, "whether this Envoy takes an empty authority is not known here");
    }
    if (most > limit) {
      return undecided(request, "the headers are about as large as " + limit + " bytes");
    }
    String path = request.path();
    if (path.chars().anyMatch(c -> odd((char) c))) {
      return reset(request, "whose path has blanks or control characters");
    }
    boolean all = path.equals("*") && request.method().equals("OPTIONS");
    if (!path.startsWith("/") && !all && !request.method().equals("CONNECT")) {
      return reset(request, "whose path has no slash");
    }
    if (path.chars().anyMatch(c -> c >= 0x80)) {
      return undecided(request, "which bytes the path has is not known here");
    }
    for (HttpRequest.Header header : request.headers()) {
      if (Set.of("connection", "upgrade", ":protocol").contains(header.name())) {
        return undecided(request, "over HTTP/2 nobody should send the header " + header.name());
      }
    }
    return read(request, request.scheme());
  }

  private static boolean odd(char c) {
    return c <= ' ' || c == 0x7f;
  }

  private static HttpRequest changed(HttpRequest request, String authority, String path) {
    return new HttpRequest(
        request.method(), request.scheme(), authority, path, request.headers(), request.protocol());
  }

  private static Read read(HttpRequest request, String scheme) {
    return new Read(request, scheme, null, "");
  }

  private static Read refused(HttpRequest request, int status, String why) {
    return new Read(request, "", new Outcome.LocalReply(status, why), "");
  }

  private static Read reset(HttpRequest request, String which) {
    String why = "over HTTP/2 Envoy resets a stream " + which;
    return new Read(request, "", new Outcome.Closed(why), "");
  }

  private static Read undecided(HttpRequest request, String why) {
    return new Read(request, "", null, why);
  }
}
