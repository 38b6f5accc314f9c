package dev.pilothouse.envoy.trace;

import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Scopes that are written in a connection manager: parts of headers choose among them. */
final class ScopedRoutes {
  /**
   * A scope.
   *
   * @param pointer the JSON pointer to it
   */
  record Scope(ScopedRouteConfiguration config, String pointer) {}

  /**
   * What was found.
   *
   * @param scope null for none, or when nobody can tell
   * @param undecided why nobody can tell; empty when it is decided
   */
  record Found(@Nullable Scope scope, String undecided) {}

  private static final String LIST =
      "/scoped_routes/scoped_route_configurations_list/scoped_route_configurations/";

  private final List<FragmentBuilder> fragments;
  private final Map<List<String>, Scope> scopes = new HashMap<>();
  private final List<Scope> all = new ArrayList<>();
  private final String unknown;

  ScopedRoutes(
      io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes config,
      String pointer,
      UnknownParts unknownParts) {
    this.fragments = config.getScopeKeyBuilder().getFragmentsList();
    this.unknown = config.hasScopedRds() ? "the scopes of routes come from a control plane" : "";
    String at = pointer + unknownParts.spelled(LIST);
    List<ScopedRouteConfiguration> written =
        config.getScopedRouteConfigurationsList().getScopedRouteConfigurationsList();
    for (int i = 0; i < written.size(); i++) {
      Scope scope = new Scope(written.get(i), at + i);
      List<String> key =
          scope.config().getKey().getFragmentsList().stream()
              .map(ScopedRouteConfiguration.Key.Fragment::getStringKey)
              .toList();
      scopes.putIfAbsent(key, scope);
      all.add(scope);
    }
  }

  List<Scope> all() {
    return all;
  }

  Found find(Facts facts) {
    if (!unknown.isEmpty()) {
      return new Found(null, unknown);
    }
    List<String> key = new ArrayList<>();
    for (FragmentBuilder fragment : fragments) {
      HeaderValueExtractor extractor = fragment.getHeaderValueExtractor();
      String name = Ascii.lower(extractor.getName());
      if (HeaderMatch.touched(name)) {
        return new Found(
            null, "Envoy may itself set, change or drop the header " + name + " before it routes");
      }
      String value = facts.first(name);
      String part = value == null ? null : part(extractor, value);
      if (part == null) {
        return new Found(null, "");
      }
      key.add(part);
    }
    return new Found(scopes.get(key), "");
  }

  private static @Nullable String part(HeaderValueExtractor extractor, String value) {
    List<String> elements =
        extractor.getElementSeparator().isEmpty()
            ? List.of(value)
            : split(value, extractor.getElementSeparator());
    switch (extractor.getExtractTypeCase()) {
      case INDEX -> {
        return extractor.getIndex() < elements.size() ? elements.get(extractor.getIndex()) : null;
      }
      case ELEMENT -> {
        String separator = extractor.getElement().getSeparator();
        for (String element : elements) {
          int at = element.indexOf(separator);
          String key = at < 0 ? element : element.substring(0, at);
          if (key.equals(extractor.getElement().getKey())) {
            return at < 0 ? "" : element.substring(at + separator.length());
          }
        }
        return null;
      }
      default -> {
        return null;
      }
    }
  }

  private static List<String> split(String text, String separator) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, start)) {
      parts.add(text.substring(start, at));
      start = at + separator.length();
    }
    parts.add(text.substring(start));
    return parts;
  }
}
