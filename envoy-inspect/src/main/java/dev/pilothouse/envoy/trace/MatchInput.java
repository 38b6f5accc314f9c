package dev.pilothouse.envoy.trace;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestQueryParamMatchInput;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a matcher tree takes a value from. */
interface MatchInput {
  /**
   * What was read.
   *
   * @param text null when there is no such thing, or nobody can tell
   * @param undecided why nobody can tell; empty when it is known
   */
  record Value(@Nullable String text, String undecided) {
    static Value of(@Nullable String text) {
      return new Value(text == null || text.isEmpty() ? null : text, "");
    }

    static Value unknown(String why) {
      return new Value(null, why);
    }
  }

  Value read(MatchData data);

  static MatchInput of(TypedExtensionConfig config) {
    Any any = config.getTypedConfig();
    String type = any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('/') + 1);
    String network = "envoy.extensions.matching.common_inputs.network.v3.";
    if (type.startsWith(network)) {
      return network(type.substring(network.length()), config.getName());
    }
    try {
      if (any.is(HttpRequestHeaderMatchInput.class)) {
        String name =
            any.unpack(HttpRequestHeaderMatchInput.class).getHeaderName().toLowerCase(Locale.ROOT);
        return header(name);
      }
      if (any.is(HttpRequestQueryParamMatchInput.class)) {
        return query(any.unpack(HttpRequestQueryParamMatchInput.class).getQueryParam());
      }
    } catch (InvalidProtocolBufferException e) {
      return data -> Value.unknown("the matcher's input " + config.getName() + " is unreadable");
    }
    return data -> Value.unknown("the matcher's input " + config.getName() + " is unknown here");
  }

  private static MatchInput network(String type, String name) {
    Function<Seen, Value> input = ofConnection(type, name);
    return data -> {
      Seen seen = data.seen();
      return seen == null ? Value.unknown("nothing is known of the connection") : input.apply(seen);
    };
  }

  private static Function<Seen, Value> ofConnection(String type, String name) {
    return switch (type) {
      case "DestinationIPInput" -> seen -> Value.of(seen.destination().toString());
      case "DestinationPortInput" -> seen -> Value.of(Integer.toString(seen.destinationPort()));
      case "SourceIPInput" -> seen -> address(seen.source(), "source");
      case "DirectSourceIPInput" -> seen -> address(seen.directSource(), "direct source");
      case "SourcePortInput" ->
          seen ->
              seen.sourcePort() == 0
                  ? Value.unknown("the connection's source port is not given")
                  : Value.of(Integer.toString(seen.sourcePort()));
      case "SourceTypeInput" ->
          seen ->
              switch (seen.local()) {
                case YES -> Value.of("local");
                case NO -> Value.of(null);
                case UNKNOWN -> Value.unknown("the connection's source is not given");
              };
      case "ServerNameInput" -> seen -> Value.of(seen.serverName());
      case "TransportProtocolInput" -> seen -> Value.of(seen.transportProtocol());
      case "ApplicationProtocolInput" ->
          seen ->
              Value.of(
                  seen.applicationProtocols().isEmpty()
                      ? null
                      : "'" + String.join("','", seen.applicationProtocols()) + "'");
      default -> seen -> Value.unknown("the matcher's input " + name + " is unknown here");
    };
  }

  private static Value address(@Nullable Ip address, String what) {
    return address == null
        ? Value.unknown("the connection's " + what + " is not given")
        : Value.of(address.toString());
  }

  private static MatchInput header(String name) {
    if (HeaderMatch.touched(name)) {
      return data ->
          Value.unknown(
              "Envoy may itself set, change or drop the header " + name + " before it routes");
    }
    // An empty header is a value here; Envoy leaves out only what is missing.
    return data -> {
      Facts facts = data.facts();
      if (facts != null && facts.dependsOnTheWay(name)) {
        return Value.unknown("an HTTP connection manager may change the header " + name);
      }
      return new Value(facts == null ? null : facts.header(name), "");
    };
  }

  private static MatchInput query(String name) {
    return data -> {
      String value = data.facts() == null ? null : data.facts().query(name);
      if (value == null || value.indexOf('%') < 0) {
        return new Value(value, "");
      }
      return value.matches("(%[0-9a-fA-F]{2}|[^%])*")
          ? new Value(URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8), "")
          : Value.unknown("the query parameter " + name + " is not encoded as it should be");
    };
  }
}
