package dev.pilothouse.envoy.trace;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A template of a path, as {@code /users/{id}/**}: segments are literal text, {@code *} for one
 * segment, {@code **} for any number of them, or a variable in braces with such a pattern of its
 * own.
 */
final class UriTemplate {
  private static final String LITERAL = "a-zA-Z0-9\\-._~%!$&'()+,;:@";

  /** What stars stand for may have more than what is written in templates. */
  private static final String ONE = "[" + LITERAL + "=*]+";

  private static final String MANY = "[" + LITERAL + "=*/]*";
  private static final Pattern PART =
      Pattern.compile(
          "\\{([a-zA-Z][a-zA-Z0-9_]*)(?:=([^{}]+))?\\}|(\\*\\*)|(\\*)|([" + LITERAL + "]+)|(/)");
  private static final Pattern REWRITE =
      Pattern.compile("\\{([a-zA-Z][a-zA-Z0-9_]*)\\}|([" + LITERAL + "/]+)");

  private final Pattern regex;
  private final List<String> variables;

  private UriTemplate(Pattern regex, List<String> variables) {
    this.regex = regex;
    this.variables = variables;
  }

  /** Empty when the text is no template; Envoy refuses such. */
  static Optional<UriTemplate> parse(String template) {
    if (!template.startsWith("/")) {
      return Optional.empty();
    }
    List<String> variables = new ArrayList<>();
    Optional<String> regex = regex(template, variables);
    return regex.map(r -> new UriTemplate(Pattern.compile(r), List.copyOf(variables)));
  }

  private static Optional<String> regex(String template, List<String> variables) {
    StringBuilder regex = new StringBuilder();
    Matcher part = PART.matcher(template);
    int at = 0;
    while (at < template.length()) {
      if (!part.find(at) || part.start() != at) {
        return Optional.empty();
      }
      if (part.group(1) != null) {
        variables.add(part.group(1));
        Optional<String> inner =
            part.group(2) == null ? Optional.of(ONE) : regex(part.group(2), new ArrayList<>());
        if (inner.isEmpty()) {
          return inner;
        }
        regex.append('(').append(inner.get()).append(')');
      } else if (part.group(3) != null) {
        regex.append(MANY);
      } else if (part.group(4) != null) {
        regex.append(ONE);
      } else {
        regex.append(Pattern.quote(part.group()));
      }
      at = part.end();
    }
    return Optional.of(regex.toString());
  }

  boolean matches(String path) {
    return regex.matcher(path).matches();
  }

  /** The path that a rewrite template makes of one that this matches; empty when it cannot. */
  Optional<String> rewrite(String rewrite, String path) {
    Matcher values = regex.matcher(path);
    if (!values.matches()) {
      return Optional.empty();
    }
    StringBuilder made = new StringBuilder();
    Matcher part = REWRITE.matcher(rewrite);
    int at = 0;
    while (at < rewrite.length()) {
      if (!part.find(at) || part.start() != at) {
        return Optional.empty();
      }
      if (part.group(1) == null) {
        made.append(part.group());
      } else {
        int variable = variables.indexOf(part.group(1));
        if (variable < 0) {
          return Optional.empty();
        }
        made.append(values.group(variable + 1));
      }
      at = part.end();
    }
    return Optional.of(made.toString());
  }
}
