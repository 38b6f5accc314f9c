package dev.pilothouse.toolbox;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Binaries, or what is needed to provide them, are missing: all of them in one message. */
public final class MissingToolsException extends ToolboxException {
  private static final long serialVersionUID = 1L;

  private final transient Map<String, String> missing;

  MissingToolsException(String tried, Map<String, String> missing) {
    super(tried, describe(missing), "", null, null);
    this.missing = Collections.unmodifiableMap(new TreeMap<>(missing));
  }

  /**
   * What is missing.
   *
   * @return the name of each missing thing, with what was found instead and what to do about it
   */
  public Map<String, String> missing() {
    return missing;
  }

  private static String describe(Map<String, String> missing) {
    StringBuilder text = new StringBuilder(missing.size() + " missing");
    new TreeMap<>(missing)
        .forEach(
            (name, toDo) ->
                text.append(System.lineSeparator())
                    .append("  ")
                    .append(name)
                    .append(": ")
                    .append(toDo));
    return text.toString();
  }
}
