package dev.pilothouse.envoy.assertj;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A request, as far as the routes of a virtual host are chosen by it. Immutable; each method
 * returns a changed copy.
 *
 * <pre>{@code
 * host.routeFor(get("/get").header("x-user", "jane"));
 * host.routeFor(RouteRequest.of("POST", "/orders?dry-run=1"));
 * }</pre>
 *
 * @param method as {@code GET}
 * @param path with the query, as it is on the wire; begins with a slash
 * @param headers the headers, names in lower case, in their order
 */
public record RouteRequest(String method, String path, List<Header> headers) {

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

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if the path does not begin with a slash
   */
  public RouteRequest {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path begins with a slash: " + path);
    }
    headers = List.copyOf(headers);
  }

  /**
   * A GET.
   *
   * @param path with the query, as {@code /get?a=b}
   * @return the request, without headers
   * @throws IllegalArgumentException if the path does not begin with a slash
   */
  public static RouteRequest get(String path) {
    return of("GET", path);
  }

  /**
   * A request.
   *
   * @param method as {@code POST}
   * @param path with the query
   * @return the request, without headers
   * @throws IllegalArgumentException if the path does not begin with a slash
   */
  public static RouteRequest of(String method, String path) {
    return new RouteRequest(method, path, List.of());
  }

  /**
   * Adds a header, beside others of its name.
   *
   * @param name its name
   * @param value its value
   * @return a copy with it
   */
  public RouteRequest header(String name, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new RouteRequest(method, path, more);
  }

  /** One line: method, path and headers. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(method).append(' ').append(path);
    headers.forEach(h -> text.append(", ").append(h.name()).append(": ").append(h.value()));
    return text.toString();
  }
}
