package dev.pilothouse.istiod;

import dev.pilothouse.toolbox.RunDirectory;

/**
 * The loopback ports of one istiod.
 *
 * @param http {@code /ready}, {@code /version}, {@code /metrics} and {@code /debug}
 * @param xds plaintext xDS
 * @param secureXds xDS and certificates over TLS
 * @param webhook validation over TLS
 * @param controlZ ControlZ
 */
record Ports(int http, int xds, int secureXds, int webhook, int controlZ) {
  static Ports reserve(RunDirectory directory) {
    return new Ports(
        directory.reservePort(),
        directory.reservePort(),
        directory.reservePort(),
        directory.reservePort(),
        directory.reservePort());
  }
}
