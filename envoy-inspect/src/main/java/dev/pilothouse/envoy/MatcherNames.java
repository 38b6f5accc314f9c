package dev.pilothouse.envoy;

import dev.pilothouse.envoy.SecretSpans.Span;
import java.util.List;

/**
 * Brings the name of a header or a query parameter together with what it has to be, which stands
 * beside it in the same object, before it or after.
 */
final class MatcherNames {
  private final SecretSpans secrets;
  private List<Span> pending = List.of();
  private int pendingDepth;
  private String name = "";
  private int nameDepth;

  MatcherNames(SecretSpans secrets) {
    this.secrets = secrets;
  }

  void reset() {
    pendingDepth = -1;
    nameDepth = -1;
  }

  void name(String text, int depth) {
    name = text;
    nameDepth = depth;
    if (pendingDepth == depth && SecretName.isMatched(text)) {
      secrets.addAll(pending);
      pendingDepth = -1;
    }
  }

  void values(List<Span> values, int depth) {
    if (nameDepth != depth) {
      pending = values;
      pendingDepth = depth;
    } else if (SecretName.isMatched(name)) {
      secrets.addAll(values);
    }
  }

  /** What was deeper is over. */
  void leave(int depth) {
    nameDepth = nameDepth > depth ? -1 : nameDepth;
    pendingDepth = pendingDepth > depth ? -1 : pendingDepth;
  }
}
