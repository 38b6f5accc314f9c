package dev.pilothouse.cluster;

/** How long something lives that Pilothouse made. */
public enum Lifetime {
  /** Until its handle is closed, or the JVM ends. */
  HANDLE,
  /** Until somebody deletes it by name. */
  KEEP
}
