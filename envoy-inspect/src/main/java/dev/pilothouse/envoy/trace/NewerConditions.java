package dev.pilothouse.envoy.trace;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * Conditions of a route that are newer than the message types here. Cookies are read from the JSON;
 * about all others nothing can be told.
 */
final class NewerConditions {
  private static final String COOKIES = "envoy.config.route.v3.RouteMatch.cookies";

  private NewerConditions() {}

  static List<Condition> of(UnknownParts unknownParts, String pointer) {
    List<Condition> conditions = new ArrayList<>();
    unknownParts
        .below(pointer)
        .forEach(
            unknown -> {
              if (unknown.name().equals(COOKIES)) {
                unknownParts.json(unknown).forEach(cookie -> conditions.add(cookie(cookie)));
              } else {
                conditions.add(Condition.unknown(unknown.name() + " is newer than this library"));
              }
            });
    return conditions;
  }

  private static Condition cookie(JsonNode json) {
    StringMatcher.Builder matcher = StringMatcher.newBuilder();
    JsonNode text = json.has("string_match") ? json.get("string_match") : json.get("stringMatch");
    JsonNode invert = json.has("invert_match") ? json.get("invert_match") : json.get("invertMatch");
    String name = json.path("name").asText();
    try {
      JsonFormat.parser().merge(text == null ? "{}" : text.toString(), matcher);
    } catch (InvalidProtocolBufferException e) {
      return Condition.unknown("the condition on the cookie " + name + " is unreadable");
    }
    TextMatch match = TextMatch.of(matcher.build());
    return ParameterMatch.cookie(name, match, invert != null && invert.asBoolean());
  }
}
