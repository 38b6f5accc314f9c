package dev.pilothouse.workload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A workload to deploy: an Envoy, and behind a sidecar with ports an application. Start from {@link
 * #http}, {@link #client} or {@link #gateway} and change what matters:
 *
 * <pre>{@code
 * WorkloadSpec.http("reviews-v2", 9080)
 *     .withService("reviews")
 *     .withLabel("version", "v2")
 *     .withNamespace("shop");
 * }</pre>
 *
 * <p>Several workloads may stand behind one Service, as versions of it: give them the same {@code
 * service} and the same ports.
 *
 * @param name the workload's name, unique in its namespace; also its service account
 * @param namespace its namespace; made if missing, and kept
 * @param service its Service, and its label {@code app}; made if the workload has ports
 * @param role sidecar or gateway
 * @param labels further labels, as {@code version} to {@code v1}; for a gateway those that a
 *     Gateway resource selects
 * @param ports the ports of its Service; none for a client
 * @param security plaintext or mutual TLS
 * @param readyDeadline how long it may take until its Envoy is in sync with istiod
 */
public record WorkloadSpec(
    String name,
    String namespace,
    String service,
    Role role,
    Map<String, String> labels,
    List<Port> ports,
    Security security,
    Duration readyDeadline) {

  /** The label that says which Service a workload belongs to. */
  static final String APP = "app";

  /**
   * Copies the collections.
   *
   * @throws IllegalArgumentException if a name is not of the form that Kubernetes wants (at most 30
   *     lower case letters, digits and dashes), if two ports have the same name or number, if a
   *     port needs an application and names none, or if the label {@code app} is given: it is the
   *     Service's name
   */
  public WorkloadSpec {
    Label.require("name of a workload", name);
    Label.require("namespace of a workload", namespace);
    Label.require("service of a workload", service);
    labels = Map.copyOf(labels);
    ports = List.copyOf(ports);
    if (labels.containsKey(APP)) {
      throw new IllegalArgumentException(
          "the label app of workload " + name + " is its Service's name: use withService");
    }
    Set<Object> seen = new HashSet<>();
    for (Port port : ports) {
      // Port 80 is served on 10080, so the two cannot stand together either.
      if (!seen.add(port.name()) || !seen.add(Site.inboundPort(port))) {
        throw new IllegalArgumentException(
            "two ports of workload "
                + name
                + " have the name "
                + port.name()
                + " or are served on port "
                + Site.inboundPort(port));
      }
      if (role == Role.SIDECAR && !port.hasApplication()) {
        throw new IllegalArgumentException(
            "Pilothouse has no application that speaks "
                + port.protocol()
                + ": name yours, Port.withApplication, for port "
                + port.name());
      }
    }
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
    /**
     * No certificates: xDS in plain text, and an inbound side that takes plain text: a
     * PeerAuthentication of the workload's own says so, and goes before one of its namespace or of
     * the mesh. For an istiod that does not push mutual TLS by itself, as with {@code
     * MeshProfile.UPSTREAM_ENVOY}; under another the workload does not become ready.
     */
    PLAINTEXT,
    /**
     * pilot-agent runs the Envoy (tools: {@code PILOT_AGENT} too): certificates from istiod, mutual
     * TLS between sidecars. For {@code MeshProfile.UPSTREAM_ENVOY_MTLS}. Under {@code
     * UPSTREAM_ENVOY} they have certificates, but speak plain text unless a DestinationRule says
     * {@code ISTIO_MUTUAL}; a warning is logged.
     */
    MUTUAL_TLS
  }

  /** What is spoken on a port. */
  public enum Protocol {
    /** HTTP/1.1. */
    HTTP,
    /** HTTP/2 without TLS. */
    HTTP2,
    /** gRPC. */
    GRPC,
    /** Bytes. */
    TCP;

    /** As Istio writes it in the {@code appProtocol} of a Service's port. */
    String appProtocol() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A port of the workload's Service.
   *
   * @param name its name, as {@code http}
   * @param number the Service's port
   * @param protocol what is spoken on it
   * @param application where the application listens on 127.0.0.1; empty for one of Pilothouse's
   *     own: on {@link Protocol#TCP} it sends back what it gets; on {@link Protocol#HTTP} it
   *     answers 200 and tells in JSON what request arrived: {@code workload} (the name of the one
   *     that answers), {@code labels}, {@code method}, {@code path}, {@code query}, {@code headers}
   *     (name to list of values) and {@code body}; {@code /status/503} answers with that status,
   *     {@code /delay/2} after two seconds. A gateway has no application.
   */
  public record Port(String name, int number, Protocol protocol, OptionalInt application) {
    private static final int HIGHEST = 65_535;

    /**
     * Checks the name and the numbers.
     *
     * @throws IllegalArgumentException if one is none
     */
    public Port {
      Label.require("name of a port", name);
      requirePort(number);
      application.ifPresent(Port::requirePort);
    }

    /**
     * An HTTP port named {@code http} with Pilothouse's own application.
     *
     * @param number the Service's port
     * @return the port
     */
    public static Port http(int number) {
      return new Port("http", number, Protocol.HTTP, OptionalInt.empty());
    }

    /**
     * A TCP port named {@code tcp} with Pilothouse's own application.
     *
     * @param number the Service's port
     * @return the port
     */
    public static Port tcp(int number) {
      return new Port("tcp", number, Protocol.TCP, OptionalInt.empty());
    }

    /**
     * The same with an application of the caller's.
     *
     * @param port where it listens on 127.0.0.1
     * @return a copy
     */
    public Port withApplication(int port) {
      return new Port(name, number, protocol, OptionalInt.of(port));
    }

    /**
     * The same with another name.
     *
     * @param value the name
     * @return a copy
     */
    public Port withName(String value) {
      return new Port(value, number, protocol, application);
    }

    private boolean hasApplication() {
      return application.isPresent() || protocol == Protocol.HTTP || protocol == Protocol.TCP;
    }

    private static void requirePort(int port) {
      if (port < 1 || port > HIGHEST) {
        throw new IllegalArgumentException("a port is 1 to " + HIGHEST + ", not " + port);
      }
    }
  }

  /**
   * A plaintext sidecar in namespace {@code default} with Pilothouse's HTTP application behind it.
   *
   * @param name the workload's and the Service's name
   * @param port the Service's HTTP port
   * @return a specification to start from
   */
  public static WorkloadSpec http(String name, int port) {
    return client(name).withPort(Port.http(port));
  }

  /**
   * A plaintext sidecar in namespace {@code default} with nothing behind it.
   *
   * @param name the workload's name
   * @return a specification to start from
   */
  public static WorkloadSpec client(String name) {
    return new WorkloadSpec(
        name,
        "default",
        name,
        Role.SIDECAR,
        Map.of(),
        List.of(),
        Security.PLAINTEXT,
        Duration.ofMinutes(1));
  }

  /**
   * A plaintext gateway in namespace {@code istio-system}, labelled {@code istio: <name>}, as
   * Istio's own is with {@code ingressgateway}.
   *
   * @param name the workload's and the Service's name
   * @param port the Service's HTTP port; a Gateway resource may open others. One below 1024 is
   *     served on 10000 more, which shows in the names of istiod's resources: port 80 is listener
   *     {@code 0.0.0.0_10080} and route {@code http.10080}.
   * @return a specification to start from
   */
  public static WorkloadSpec gateway(String name, int port) {
    return new WorkloadSpec(
        name,
        "istio-system",
        name,
        Role.GATEWAY,
        Map.of("istio", name),
        List.of(Port.http(port)),
        Security.PLAINTEXT,
        Duration.ofMinutes(1));
  }

  /**
   * Another namespace.
   *
   * @param value the namespace
   * @return a copy
   */
  public WorkloadSpec withNamespace(String value) {
    return new WorkloadSpec(name, value, service, role, labels, ports, security, readyDeadline);
  }

  /**
   * Another Service.
   *
   * @param value the Service's name, and the label {@code app}
   * @return a copy
   */
  public WorkloadSpec withService(String value) {
    return new WorkloadSpec(name, namespace, value, role, labels, ports, security, readyDeadline);
  }

  /**
   * One label more.
   *
   * @param label its name
   * @param value its value
   * @return a copy
   */
  public WorkloadSpec withLabel(String label, String value) {
    Map<String, String> all = new LinkedHashMap<>(labels);
    all.put(label, value);
    return new WorkloadSpec(name, namespace, service, role, all, ports, security, readyDeadline);
  }

  /**
   * One port more.
   *
   * @param port the port
   * @return a copy
   */
  public WorkloadSpec withPort(Port port) {
    List<Port> all = new ArrayList<>(ports);
    all.add(port);
    return new WorkloadSpec(name, namespace, service, role, labels, all, security, readyDeadline);
  }

  /**
   * Other ports, in place of all that this specification has.
   *
   * @param value the ports
   * @return a copy
   */
  public WorkloadSpec withPorts(List<Port> value) {
    return new WorkloadSpec(name, namespace, service, role, labels, value, security, readyDeadline);
  }

  /**
   * With mutual TLS, or without.
   *
   * @param value how the Envoy reaches istiod and its peers
   * @return a copy
   */
  public WorkloadSpec withSecurity(Security value) {
    return new WorkloadSpec(name, namespace, service, role, labels, ports, value, readyDeadline);
  }

  /**
   * Another time to get ready.
   *
   * @param value how long it may take
   * @return a copy
   */
  public WorkloadSpec withReadyDeadline(Duration value) {
    return new WorkloadSpec(name, namespace, service, role, labels, ports, security, value);
  }

  /** Its identity towards istiod, unique in a mesh. */
  String proxyId() {
    return name + "." + namespace;
  }
}
