package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import dev.pilothouse.envoy.SecretFields.Rule;
import dev.pilothouse.envoy.SecretSpans.Span;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds secrets by the names that stand beside them, while a document's tokens pass: by those of
 * their fields, as {@link SecretFields} knows them, and by those of headers and query parameters.
 * Envoy hides some of them itself in its dumps; other tools hide none.
 */
final class Redaction {
  private static final int LONGEST_NAME = 100;

  private final SecretFields fields = new SecretFields();
  private final SecretSpans spans = new SecretSpans();
  private final MatcherNames matchers = new MatcherNames(spans);

  /**
   * Steps over the value that the parser stands at.
   *
   * @param base the offset in the document at which the parser began
   */
  void skip(JsonParser parser, int base) throws IOException {
    matchers.reset();
    if (take(fields.rule(parser.currentName()), parser, base, 0)) {
      return;
    }
    int open = depth(parser.currentToken());
    int secretHeader = 0;
    while (open > 0) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return;
      }
      if (token == JsonToken.FIELD_NAME) {
        Rule rule = fields.rule(parser.currentName());
        if (rule != Rule.NONE) {
          parser.nextToken();
          boolean taken = take(rule, parser, base, open);
          if (rule == Rule.HEADER_NAME) {
            secretHeader = isSecretHeader(parser) ? open : 0;
          }
          open += taken ? 0 : depth(parser.currentToken());
        } else if (secretHeader == open
            && SecretFields.isHeaderValue(String.valueOf(parser.currentName()))) {
          if (parser.nextToken() == JsonToken.VALUE_STRING
              && !SecretFields.isOperator(parser.getText())) {
            add(parser, base);
          }
          open += depth(parser.currentToken());
        }
      } else {
        int change = depth(token);
        open += change;
        if (change < 0) {
          secretHeader = secretHeader > open ? 0 : secretHeader;
          matchers.leave(open);
        }
      }
    }
  }

  /** The document without what was found. */
  Document apply(Document document) {
    return spans.overwrite(document);
  }

  /** Takes the value that the parser stands at, if it is a secret one, or steps over it. */
  private boolean take(Rule rule, JsonParser parser, int base, int open) throws IOException {
    switch (rule) {
      case SECRET -> hide(parser, base);
      case API_KEYS -> {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
          return takeNamed(parser, base);
        }
        hideKeys(parser, base);
      }
      case NAMED -> {
        return takeNamed(parser, base);
      }
      case MATCHER_NAME -> {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
          return false;
        }
        if (parser.getTextLength() <= LONGEST_NAME) {
          matchers.name(parser.getText(), open);
        }
      }
      case MATCHER -> matchers.values(matched(parser, base), open);
      case HEADER_NAME, NONE -> {
        return false;
      }
    }
    return true;
  }

  private boolean takeNamed(JsonParser parser, int base) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      return false;
    }
    JsonStreamContext outer = parser.getParsingContext().getParent();
    String holder = outer == null ? null : outer.getCurrentName();
    if ((holder == null || !SecretFields.holdsCookieNames(holder))
        && !SecretFields.isOperator(parser.getText())) {
      add(parser, base);
    }
    return true;
  }

  /** The texts of the matcher that the parser stands at; moves to its end. */
  private List<Span> matched(JsonParser parser, int base) throws IOException {
    List<Span> found = new ArrayList<>(1);
    if (parser.currentToken() == JsonToken.VALUE_STRING
        && SecretFields.isSecretMatch(parser.getText())) {
      found.add(Span.of(parser, base));
    }
    for (int open = depth(parser.currentToken()); open > 0; ) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return found;
      }
      if (token == JsonToken.FIELD_NAME && fields.rule(parser.currentName()) == Rule.SECRET) {
        parser.nextToken();
        hide(parser, base);
      } else if (token == JsonToken.VALUE_STRING
          && open == 1
          && SecretFields.isMatchedText(String.valueOf(parser.currentName()))
          && SecretFields.isSecretMatch(parser.getText())) {
        found.add(Span.of(parser, base));
      } else {
        open += depth(token);
      }
    }
    return found;
  }

  private void hide(JsonParser parser, int base) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      add(parser, base);
    }
    for (int open = depth(parser.currentToken()); open > 0; ) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return;
      }
      if (token == JsonToken.VALUE_STRING) {
        String name = parser.currentName();
        if (name == null || !SecretFields.isKept(name)) {
          add(parser, base);
        }
      }
      open += depth(token);
    }
  }

  private void hideKeys(JsonParser parser, int base) throws IOException {
    for (int open = 1; open > 0; ) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return;
      }
      if (token == JsonToken.VALUE_STRING && "key".equals(parser.currentName())) {
        add(parser, base);
      }
      open += depth(token);
    }
  }

  private static boolean isSecretHeader(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_STRING
        && parser.getTextLength() <= LONGEST_NAME
        && SecretName.is(parser.getText());
  }

  /** How much deeper it is behind the token. */
  private static int depth(JsonToken token) {
    return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
  }

  private void add(JsonParser parser, int base) throws IOException {
    spans.add(Span.of(parser, base));
  }
}
