package dev.pilothouse.workload;

import java.util.List;
import java.util.Map;

/**
 * A workload to deploy: an Envoy, and behind it (for a sidecar with ports) a small HTTP service.
 *
 * @param name the workload's name; also its {@code app} label, its service account and, if it has
 *     ports, its Service
 * @param namespace its namespace; made if missing
 * @param role sidecar or gateway
 * @param labels further labels, as {@code version} to {@code v1}; for a gateway those that a
 *     Gateway resource selects
 * @param ports the ports of its Service; none for a client
 * @param security plaintext or mutual TLS
 */
public record WorkloadSpec(
    String name,
    String namespace,
    Role role,
    Map<String, String> labels,
    List<Port> ports,
    Security security) {

  /** Copies the collections. */
  public WorkloadSpec {
    labels = Map.copyOf(labels);
    ports = List.copyOf(ports);
  }

  /** What the Envoy is. */
  public enum Role {
    /** An Envoy beside an application. */
    SIDECAR,
    /** An Envoy at the edge of the mesh (node type {@code router}). */
    GATEWAY
  }

  /** How the Envoy reaches istiod and its peers. */
  public enum Security {
    /** xDS in plain text, no certificates. */
    PLAINTEXT,
    /** pilot-agent runs the Envoy: certificates from istiod, mutual TLS between sidecars. */
    MUTUAL_TLS
  }

  /**
   * A port of the workload's Service.
   *
   * @param name its name, as {@code http}
   * @param number the Service's port
   * @param protocol {@code HTTP}, {@code HTTP2}, {@code GRPC} or {@code TCP}
   */
  public record Port(String name, int number, String protocol) {}

  /**
   * A plaintext sidecar in namespace {@code default} with an HTTP service behind it.
   *
   * @param name the workload's and the Service's name
   * @param port the Service's HTTP port
   * @return a specification to start from
   */
  public static WorkloadSpec http(String name, int port) {
    return new WorkloadSpec(
        name,
        "default",
        Role.SIDECAR,
        Map.of(),
        List.of(new Port("http", port, "HTTP")),
        Security.PLAINTEXT);
  }

  /**
   * A plaintext sidecar in namespace {@code default} with nothing behind it.
   *
   * @param name the workload's name
   * @return a specification to start from
   */
  public static WorkloadSpec client(String name) {
    return new WorkloadSpec(name, "default", Role.SIDECAR, Map.of(), List.of(), Security.PLAINTEXT);
  }
}
