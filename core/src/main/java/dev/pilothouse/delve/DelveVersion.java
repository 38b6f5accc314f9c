package dev.pilothouse.delve;

/**
 * What debugs what.
 *
 * @param delve Delve's version, as {@code 1.27.2}
 * @param goVersion the Go that compiled the program, as Delve says it
 * @param oldestGo the oldest Go that this Delve supports
 * @param newestGo the newest Go that this Delve supports
 */
public record DelveVersion(String delve, String goVersion, String oldestGo, String newestGo) {}
