package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.EnvoyConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An HTTP request as a client sends it. Immutable; each method returns a changed copy.
 *
 * <pre>{@code
 * HttpRequest.get("http://httpbin:8000/get?a=b").header("x-user", "jane");
 * }</pre>
 *
 * @param method as {@code GET}
 * @param scheme {@code http} or {@code https}; Envoy takes it from HTTP/2 requests only
 * @param authority the host with its port if one is sent, as in the Host header; empty for an empty
 *     one (without any, Envoy answers 400; over HTTP/2, an empty one resets the stream since Envoy
 *     1.37)
 * @param path with the query, as it is on the wire; maybe a whole URL over HTTP/1.1, whose host
 *     then counts
 * @param headers the others, names in lower case, in their order
 * @param protocol how it is sent
 */
public record HttpRequest(
    String method,
    String scheme,
    String authority,
    String path,
    List<Header> headers,
    Protocol protocol) {

  /**
   * A header.
   *
   * @param name its name; made lower case
   * @param value its value; blanks at its ends are dropped, as Envoy does
   */
  public record Header(String name, String value) {
    /** Brings both into the form that Envoy works with. */
    public Header {
      name = name.toLowerCase(Locale.ROOT);
      value = value.strip();
    }
  }

  /** How a request is sent. */
  public enum Protocol {
    /** HTTP/1.1. */
    HTTP_1_1,
    /** HTTP/2, over TLS or by prior knowledge. */
    HTTP_2
  }

  /** Copies the list. */
  public HttpRequest {
    headers = List.copyOf(headers);
  }

  /**
   * A GET.
   *
   * @param url as {@code http://httpbin:8000/get?a=b}; nothing in it is decoded or normalised
   * @return the request, over HTTP/1.1 and without headers
   * @throws EnvoyConfigException if the URL has no scheme or no host
   */
  public static HttpRequest get(String url) {
    return of("GET", url);
  }

  /**
   * A request.
   *
   * @param method as {@code POST}
   * @param url as {@code http://httpbin:8000/post}; nothing in it is decoded or normalised
   * @return the request, over HTTP/1.1 and without headers
   * @throws EnvoyConfigException if the URL has no scheme or no host
   */
  public static HttpRequest of(String method, String url) {
    int host = url.indexOf("://") + 3;
    int path = host;
    while (path < url.length() && "/?#".indexOf(url.charAt(path)) < 0) {
      path++;
    }
    if (host <= 3 || path == host) {
      throw new EnvoyConfigException(
          "reading a request's URL", "'" + url + "' has no scheme or no host", "", null);
    }
    String rest = url.substring(path);
    return new HttpRequest(
        method,
        url.substring(0, host - 3).toLowerCase(Locale.ROOT),
        url.substring(host, path),
        rest.startsWith("/") ? rest : "/" + rest,
        List.of(),
        Protocol.HTTP_1_1);
  }

  /**
   * Adds a header, beside others of its name.
   *
   * @param name its name; {@code host} replaces the authority
   * @param value its value
   * @return a copy with it
   */
  public HttpRequest header(String name, String value) {
    if (name.equalsIgnoreCase("host")) {
      return new HttpRequest(method, scheme, value.strip(), path, headers, protocol);
    }
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new HttpRequest(method, scheme, authority, path, more, protocol);
  }

  /**
   * Sends it another way.
   *
   * @param other how
   * @return a copy that is sent so
   */
  public HttpRequest over(Protocol other) {
    return new HttpRequest(method, scheme, authority, path, headers, other);
  }

  /** One line: method and URL. */
  @Override
  public String toString() {
    return method + " " + scheme + "://" + authority + path;
  }
}
