package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.trace.HttpRequest.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Envoy knows of a request when it looks for a route: the connection manager has brought host
 * and path into its form by then. Used by one thread.
 */
final class Facts {
  /** Envoy keeps these as one header, whose values it joins when they arrive. */
  private static final Set<String> JOINED =
      Set.of("content-type", "accept", "x-forwarded-proto", "accept-encoding");

  /** Envoy may have set these itself by then, from what is known of the connection. */
  private static final Set<String> FROM_BEFORE =
      Set.of(":authority", ":scheme", "host", "x-forwarded-proto");

  private final @Nullable Connection connection;
  private final @Nullable FilterChainEntry chain;
  private final HttpRequest request;
  private final String authority;
  private final String path;
  private final String scheme;
  private final String forwardedProto;
  private @Nullable String bare;
  private @Nullable List<Parameter> query;

  private record Parameter(String name, String value) {}

  Facts(
      @Nullable Connection connection,
      @Nullable FilterChainEntry chain,
      HttpRequest request,
      String authority,
      String path,
      String scheme,
      String forwardedProto) {
    this.connection = connection;
    this.chain = chain;
    this.request = request;
    this.authority = authority;
    this.path = path;
    this.scheme = scheme;
    this.forwardedProto = forwardedProto;
  }

  /** A request of whose way to the virtual host nothing is known. */
  static Facts alone(HttpRequest request) {
    return new Facts(
        null,
        null,
        request,
        request.authority(),
        request.path(),
        request.scheme(),
        request.scheme());
  }

  /** Null when nothing is known of the way to the virtual host. */
  @Nullable Connection connection() {
    return connection;
  }

  /** The filter chain that terminates the connection; null when it is not known. */
  @Nullable FilterChainEntry chain() {
    return chain;
  }

  /** Whether a header depends on the way to the virtual host, of which nothing is known. */
  boolean dependsOnTheWay(String name) {
    return connection == null && FROM_BEFORE.contains(name);
  }

  HttpRequest request() {
    return request;
  }

  String method() {
    return request.method();
  }

  String authority() {
    return authority;
  }

  String path() {
    return path;
  }

  String scheme() {
    return scheme;
  }

  String forwardedProto() {
    return forwardedProto;
  }

  boolean connect() {
    return method().equals("CONNECT");
  }

  /** HTTP/2 cuts one cookie header into several, and Envoy puts them together again. */
  private boolean joinsCookies() {
    return request.protocol() != HttpRequest.Protocol.HTTP_1_1;
  }

  /** The protocol that the client wants to change to, CONNECT among them; empty for none. */
  String upgrade() {
    if (connect()) {
      return "CONNECT";
    }
    String wanted = header("upgrade");
    String connection = wanted == null ? null : header("connection");
    if (wanted == null || connection == null || Ascii.equal(wanted, "h2c")) {
      return "";
    }
    for (String token : connection.split(",", -1)) {
      if (Ascii.equal(token.strip(), "upgrade")) {
        return wanted;
      }
    }
    return "";
  }

  /** The path without its query. */
  String bare() {
    String known = bare;
    if (known == null) {
      known = withoutQuery(path);
      bare = known;
    }
    return known;
  }

  static String withoutQuery(String path) {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '?' || c == '#') {
        return path.substring(0, i);
      }
    }
    return path;
  }

  /**
   * A header's value, several of one name joined as Envoy joins them.
   *
   * @param name in lower case; pseudo headers as {@code :path} too
   */
  @Nullable String header(String name) {
    if (name.startsWith(":")) {
      return switch (name) {
        case ":method" -> method();
        case ":path" -> path;
        case ":authority" -> authority;
        case ":scheme" -> scheme;
        default -> null;
      };
    }
    if (name.equals("host")) {
      return authority;
    }
    if (name.equals("x-forwarded-proto")) {
      return forwardedProto;
    }
    String joined = null;
    List<Header> headers = request.headers();
    for (int i = 0; i < headers.size(); i++) {
      Header header = headers.get(i);
      if (header.name().equals(name)) {
        String delimiter = name.equals("cookie") && joinsCookies() ? "; " : ",";
        joined = joined == null ? header.value() : joined + delimiter + header.value();
      }
    }
    return joined;
  }

  /** The first value of a header: all that counts where a header names something. */
  @Nullable String first(String name) {
    if (name.startsWith(":") || name.equals("host") || name.equals("x-forwarded-proto")) {
      return header(name);
    }
    return request.headers().stream()
        .filter(h -> h.name().equals(name))
        .map(Header::value)
        .findFirst()
        .orElse(null);
  }

  /** The values of a header that the client sent several times; empty if it did not. */
  List<String> repeated(String name) {
    int count = 0;
    List<Header> headers = request.headers();
    for (int i = 0; i < headers.size(); i++) {
      if (headers.get(i).name().equals(name)) {
        count++;
      }
    }
    return count < 2 || JOINED.contains(name) || (name.equals("cookie") && joinsCookies())
        ? List.of()
        : headers.stream().filter(h -> h.name().equals(name)).map(Header::value).toList();
  }

  /** The first value of a query parameter, not decoded. */
  @Nullable String query(String name) {
    List<Parameter> known = query;
    if (known == null) {
      known = parse(path);
      query = known;
    }
    for (Parameter parameter : known) {
      if (parameter.name().equals(name)) {
        return parameter.value();
      }
    }
    return null;
  }

  /** The value of the first cookie of a name; blanks count but for those in front of the name. */
  @Nullable String cookie(String name) {
    for (Header header : request.headers()) {
      if (header.name().equals("cookie")) {
        for (String cookie : header.value().split(";", -1)) {
          int equals = cookie.indexOf('=');
          if (equals >= 0 && cookie.substring(0, equals).stripLeading().equals(name)) {
            String value = cookie.substring(equals + 1);
            boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
            return quoted ? value.substring(1, value.length() - 1) : value;
          }
        }
      }
    }
    return null;
  }

  private static List<Parameter> parse(String path) {
    List<Parameter> all = new ArrayList<>();
    int start = path.indexOf('?') + 1;
    if (start > 0) {
      for (String parameter : path.substring(start).split("&", -1)) {
        int equals = parameter.indexOf('=');
        if (equals >= 0) {
          all.add(new Parameter(parameter.substring(0, equals), parameter.substring(equals + 1)));
        } else if (!parameter.isEmpty()) {
          all.add(new Parameter(parameter, ""));
        }
      }
    }
    return all;
  }
}
