package dev.pilothouse.console;

/**
 * A log scope of one replica.
 *
 * @param replica which replica
 * @param name as {@code ads}
 * @param description what it logs, in istiod's words
 * @param level {@code debug}, {@code info}, {@code warn}, {@code error} or {@code none}
 * @param stackTraceLevel from which level on stack traces are written
 * @param logCallers whether the place in the code is written
 */
public record LogScope(
    String replica,
    String name,
    String description,
    String level,
    String stackTraceLevel,
    boolean logCallers) {}
