package dev.pilothouse.istiod;

import dev.pilothouse.toolbox.RunDirectory;
import java.net.URI;

/**
 * The loopback ports of one istiod.
 *
 * @param http {@code /ready}, {@code /version}, {@code /metrics} and {@code /debug}
 * @param xds plaintext xDS
 * @param secureXds xDS and certificates over TLS
 * @param webhook validation over TLS
 * @param controlZ ControlZ
 * @param delve Delve, when istiod runs under it; else 0
 */
record Ports(int http, int xds, int secureXds, int webhook, int controlZ, int delve) {
  static Ports reserve(RunDirectory directory, IstiodSpec spec) {
    return new Ports(
        directory.reservePort(),
        directory.reservePort(),
        directory.reservePort(),
        directory.reservePort(),
        directory.reservePort(),
        spec.delve().map(d -> d.port() > 0 ? d.port() : directory.reservePort()).orElse(0));
  }

  /** Where the HTTP port is reached. */
  URI admin() {
    return URI.create("http://127.0.0.1:" + http);
  }
}
