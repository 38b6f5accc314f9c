package dev.pilothouse.envoy.lint;

/** How bad a finding is. */
public enum Severity {
  /** Traffic fails, or will. */
  ERROR,
  /** Something does not work as it was written, but traffic flows. */
  WARNING
}
