package dev.pilothouse.envoy.table;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.table.SearchHit.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks through the resources of a configuration. */
final class Search {
  private final Pattern wanted;
  private final List<SearchHit> hits = new ArrayList<>();

  private Search(Pattern wanted) {
    this.wanted = wanted;
  }

  static SearchResult text(EnvoyConfig config, String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("nothing to look for");
    }
    int anyCase = Pattern.LITERAL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    return in(config, text, Pattern.compile(text, anyCase));
  }

  static SearchResult regex(EnvoyConfig config, String regex) {
    return in(config, regex, Pattern.compile(regex));
  }

  private static SearchResult in(EnvoyConfig config, String query, Pattern wanted) {
    Search search = new Search(wanted);
    config.resources().forEach(search::look);
    return new SearchResult(query, search.hits);
  }

  private void look(Resource resource) {
    // The name is the dump's: that of a rejected resource is not always in its content.
    test(resource, Kind.NAME, resource.pointer(), resource.name());
    test(resource, Kind.REASON, resource.pointer(), resource.reason());
    walk(resource, resource.raw(), resource.pointer());
  }

  private void walk(Resource resource, JsonNode node, String pointer) {
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String name = field.getKey();
        String at = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
        test(resource, Kind.FIELD, at, name);
        walk(resource, field.getValue(), at);
      }
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        walk(resource, node.get(i), pointer + "/" + i);
      }
    } else if (!node.isNull()) {
      test(resource, Kind.VALUE, pointer, node.asText());
    }
  }

  private void test(Resource resource, Kind kind, String pointer, String text) {
    Matcher matcher = wanted.matcher(text);
    if (matcher.find()) {
      hits.add(new SearchHit(resource, kind, pointer, text, matcher.start(), matcher.end()));
    }
  }
}
