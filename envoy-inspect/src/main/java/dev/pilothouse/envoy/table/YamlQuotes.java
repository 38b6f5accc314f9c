package dev.pilothouse.envoy.table;

import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.util.regex.Pattern;

/** Quotes what a YAML reader would take for a number or a date: Jackson's own check is for less. */
final class YamlQuotes extends StringQuotingChecker.Default {
  private static final long serialVersionUID = 1L;

  private static final Pattern NUMBER =
      Pattern.compile(
          "[-+]?(0x[0-9a-fA-F_]+|0o?[0-7_]+|0b[01_]+)"
              + "|[-+]?(\\.[0-9_]+|[0-9][0-9_]*(\\.[0-9_]*)?)([eE][-+]?[0-9]+)?"
              + "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?"
              + "|[-+]?\\.(inf|Inf|INF|nan|NaN|NAN)"
              + "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*");

  @Override
  public boolean needToQuoteName(String name) {
    return super.needToQuoteName(name) || NUMBER.matcher(name).matches();
  }

  @Override
  public boolean needToQuoteValue(String value) {
    return super.needToQuoteValue(value) || NUMBER.matcher(value).matches();
  }
}
