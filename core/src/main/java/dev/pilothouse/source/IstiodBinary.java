package dev.pilothouse.source;

import java.nio.file.Path;

/**
 * An istiod (pilot-discovery) that can be run: compiled from a source tree, or a stock one.
 *
 * @param path the binary's absolute path
 * @param version what {@code pilot-discovery version} says of itself
 * @param flavor how it was compiled
 */
public record IstiodBinary(Path path, BuildVersion version, Flavor flavor) {
  /** How an istiod was compiled. */
  public enum Flavor {
    /** Optimised, trimmed and stripped, as Istio releases it. */
    RELEASE,
    /** {@code -N -l}, with paths and symbols, for Delve. */
    DEBUG,
    /**
     * A binary that was not compiled here from a source tree, as a released one, or the toolbox's
     * own: {@code IstiodBinary.at(toolbox.require(Tool.PILOT_DISCOVERY).path())}.
     */
    STOCK
  }

  /**
   * Istio's version stamp, as in {@code pilot-discovery version -o json}.
   *
   * @param version the version, as {@code 1.31-dev}
   * @param revision the Git revision or the module's version
   * @param status {@code Clean} or {@code Modified}; other builders write other words
   * @param tag the tag; Pilothouse puts the fingerprint of the build here
   */
  public record BuildVersion(String version, String revision, String status, String tag) {}

  /**
   * A stock istiod: any pilot-discovery at a path. It is run once, to ask for its version.
   *
   * @param path the binary
   * @return the binary with its version
   * @throws IstiodBinaryException if the file is missing, not executable or no pilot-discovery
   */
  public static IstiodBinary at(Path path) {
    return StockBinary.open(path);
  }
}
