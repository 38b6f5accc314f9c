package dev.pilothouse.workload;

import java.util.regex.Pattern;

/** The form of names that are also labels of Kubernetes. */
final class Label {
  private static final Pattern FORM = Pattern.compile("[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?");

  private Label() {}

  static void require(String what, String value) {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " is 1 to 30 lower case letters, digits and dashes, not \""
              + value
              + '"');
    }
  }
}
