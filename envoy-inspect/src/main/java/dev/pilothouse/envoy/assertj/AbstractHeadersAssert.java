package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.Unknown;
import dev.pilothouse.envoy.assertj.HeaderEffects.Outcome;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on what the configuration does to the headers of requests and responses. All levels
 * count that apply: for a route its weighted clusters, itself, its virtual host and its route
 * configuration, in Envoy's order; so a value that another level overwrites is not had. Names are
 * compared in any case. A value is compared as it is written, with {@code %…%} not substituted. A
 * header that is set only if it is absent, or only if it exists, counts as set.
 *
 * @param <S> the assertion's own type
 * @param <A> a route, a virtual host or a route configuration
 */
public abstract class AbstractHeadersAssert<S extends AbstractHeadersAssert<S, A>, A>
    extends AbstractEnvoyAssert<S, A> {
  private static final Pattern APPEND_ACTION = Pattern.compile("/append_?[aA]ction$");

  AbstractHeadersAssert(@Nullable A actual, Class<?> type) {
    super(actual, type);
  }

  /** Each way that a request can take, by name: one, or one for each weighted cluster. */
  abstract Map<String, HeaderEffects> requestHeaders();

  /** As {@link #requestHeaders()}, for responses. */
  abstract Map<String, HeaderEffects> responseHeaders();

  /**
   * Verifies that responses get a header with a value.
   *
   * <pre>{@code
   * route.hasResponseHeader("x-istiod-dev", "locally-modified");  // passes
   * route.hasResponseHeader("x-istiod-dev", "unchanged");         // fails: it is locally-modified
   * }</pre>
   *
   * @param name the header's name
   * @param value one of the values that it gets
   * @return this
   */
  public S hasResponseHeader(String name, String value) {
    return verify(() -> sets("response", responseHeaders(), name, value));
  }

  /**
   * Verifies that responses get a header, with whatever value.
   *
   * <pre>{@code
   * route.hasResponseHeader("x-istiod-dev");  // passes
   * route.hasResponseHeader("x-nobody");      // fails: it sets x-istiod-dev
   * }</pre>
   *
   * @param name the header's name
   * @return this
   */
  public S hasResponseHeader(String name) {
    return verify(() -> sets("response", responseHeaders(), name, null));
  }

  /**
   * Verifies that the configuration gives responses no such header. The application may.
   *
   * <pre>{@code
   * route.doesNotHaveResponseHeader("x-nobody");      // passes
   * route.doesNotHaveResponseHeader("x-istiod-dev");  // fails: it is set to locally-modified
   * }</pre>
   *
   * @param name the header's name
   * @return this
   */
  public S doesNotHaveResponseHeader(String name) {
    return verify(() -> doesNotSet("response", responseHeaders(), name));
  }

  /**
   * Verifies that a header is removed from responses, and not set again.
   *
   * <pre>{@code
   * route.removesResponseHeader("x-gone");  // passes
   * route.removesResponseHeader("x-more");  // fails: it removes x-gone
   * }</pre>
   *
   * @param name the header's name
   * @return this
   */
  public S removesResponseHeader(String name) {
    return verify(() -> removes("response", responseHeaders(), name));
  }

  /**
   * Verifies that requests get a header with a value before they are sent on.
   *
   * <pre>{@code
   * route.hasRequestHeader("x-tenant", "blue");   // passes
   * route.hasRequestHeader("x-tenant", "green");  // fails: it is blue
   * }</pre>
   *
   * @param name the header's name
   * @param value one of the values that it gets
   * @return this
   */
  public S hasRequestHeader(String name, String value) {
    return verify(() -> sets("request", requestHeaders(), name, value));
  }

  /**
   * Verifies that requests get a header before they are sent on, with whatever value.
   *
   * <pre>{@code
   * route.hasRequestHeader("x-tenant");  // passes
   * route.hasRequestHeader("x-nobody");  // fails: it sets x-tenant
   * }</pre>
   *
   * @param name the header's name
   * @return this
   */
  public S hasRequestHeader(String name) {
    return verify(() -> sets("request", requestHeaders(), name, null));
  }

  /**
   * Verifies that the configuration gives requests no such header. The client may.
   *
   * <pre>{@code
   * route.doesNotHaveRequestHeader("x-nobody");  // passes
   * route.doesNotHaveRequestHeader("x-tenant");  // fails: it is set to blue
   * }</pre>
   *
   * @param name the header's name
   * @return this
   */
  public S doesNotHaveRequestHeader(String name) {
    return verify(() -> doesNotSet("request", requestHeaders(), name));
  }

  /**
   * Verifies that a header is removed from requests, and not set again.
   *
   * <pre>{@code
   * route.removesRequestHeader("x-secret");  // passes
   * route.removesRequestHeader("x-tenant");  // fails: it removes x-secret
   * }</pre>
   *
   * @param name the header's name
   * @return this
   */
  public S removesRequestHeader(String name) {
    return verify(() -> removes("request", requestHeaders(), name));
  }

  private void sets(
      String kind, Map<String, HeaderEffects> ways, String name, @Nullable String value) {
    String wanted =
        "to set the %s header %s".formatted(kind, value == null ? name : name + ": " + value);
    decided(wanted);
    ways.forEach(
        (way, effects) -> {
          Outcome outcome = effects.of(name);
          if (value == null ? outcome.values().isEmpty() : !outcome.values().contains(value)) {
            throw differs(
                wanted,
                way + said(outcome, effects),
                Yaml.field(field(kind, "add"), effects.added()),
                Yaml.field(field(kind, "add"), with(effects.added(), name, value)));
          }
        });
  }

  private void doesNotSet(String kind, Map<String, HeaderEffects> ways, String name) {
    String wanted = "not to set the %s header %s".formatted(kind, name);
    decided(wanted);
    ways.forEach(
        (way, effects) -> {
          Outcome outcome = effects.of(name);
          if (!outcome.values().isEmpty()) {
            throw differs(
                wanted,
                way + said(outcome, effects),
                Yaml.field(field(kind, "add"), effects.added()),
                Yaml.field(field(kind, "add"), without(effects.added(), name)));
          }
        });
  }

  private void removes(String kind, Map<String, HeaderEffects> ways, String name) {
    String wanted = "to remove the %s header %s".formatted(kind, name);
    decided(wanted);
    ways.forEach(
        (way, effects) -> {
          Outcome outcome = effects.of(name);
          if (!outcome.removed() || !outcome.values().isEmpty()) {
            List<String> expected = new ArrayList<>(effects.removed());
            expected.add(name);
            String removed =
                effects.removed().isEmpty()
                    ? "it removes none"
                    : "it removes " + String.join(", ", effects.removed());
            throw differs(
                wanted,
                way + (outcome.story().isEmpty() ? removed : String.join("; ", outcome.story())),
                Yaml.field(field(kind, "remove"), effects.removed()),
                Yaml.field(field(kind, "remove"), expected));
          }
        });
  }

  /** An action that this library does not know would be read as another one. */
  private void decided(String wanted) {
    if (spot().resource() != null) {
      for (Unknown unknown : spot().resource().unknown()) {
        if (unknown.kind() == Unknown.Kind.ENUM_VALUE
            && APPEND_ACTION.matcher(unknown.pointer()).find()) {
          throw undecided(
              wanted,
              "nothing is known of the append_action "
                  + unknown.name()
                  + " at "
                  + unknown.pointer());
        }
      }
    }
  }

  private static String said(Outcome outcome, HeaderEffects effects) {
    if (!outcome.story().isEmpty()) {
      return String.join("; ", outcome.story());
    }
    List<String> names =
        effects.added().stream().map(option -> option.getHeader().getKey()).distinct().toList();
    return "it sets " + (names.isEmpty() ? "none" : String.join(", ", names));
  }

  private static String field(String kind, String what) {
    return kind + "_headers_to_" + what;
  }

  private static List<HeaderValueOption> with(
      List<HeaderValueOption> there, String name, @Nullable String value) {
    HeaderValue header =
        HeaderValue.newBuilder().setKey(name).setValue(value == null ? "(any)" : value).build();
    List<HeaderValueOption> more = new ArrayList<>(there);
    // In the place of one that is there, so that no more differs than has to.
    for (int i = 0; i < more.size(); i++) {
      if (more.get(i).getHeader().getKey().equalsIgnoreCase(name)) {
        more.set(i, more.get(i).toBuilder().setHeader(header).build());
        return more;
      }
    }
    more.add(HeaderValueOption.newBuilder().setHeader(header).build());
    return more;
  }

  private static List<HeaderValueOption> without(List<HeaderValueOption> there, String name) {
    return there.stream()
        .filter(option -> !option.getHeader().getKey().equalsIgnoreCase(name))
        .toList();
  }

  /** The one way that everything takes. */
  static Map<String, HeaderEffects> oneWay(HeaderEffects effects) {
    Map<String, HeaderEffects> ways = new LinkedHashMap<>();
    ways.put("", effects);
    return ways;
  }
}
