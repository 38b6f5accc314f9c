/**
 * Workloads with real Envoys, and requests through them.
 *
 * <p>{@link dev.pilothouse.workload.Workloads} deploys; a {@link dev.pilothouse.workload.Workload}
 * sends requests and shows its {@link dev.pilothouse.workload.Proxy}.
 *
 * <h2>How traffic gets into a local Envoy</h2>
 *
 * <p>In a pod, Istio redirects all traffic to two ports of the Envoy. Local workloads redirect
 * nothing: their Envoys run in interception mode {@code NONE}, in which istiod gives each service's
 * port a listener that really binds. So that no two Envoys of the machine ever share a port, each
 * workload has two loopback addresses of its own, from a block that is its mesh's alone:
 *
 * <ul>
 *   <li>{@code 127.41.B.N}: its application connects here. The Envoy listens on the port of each
 *       service that it can reach; {@link dev.pilothouse.workload.LocalWorkload#outbound}.
 *   <li>{@code 127.42.B.N}: others connect here. The Envoy listens on the workload's own ports;
 *       this is the address of its endpoint. {@link dev.pilothouse.workload.LocalWorkload#inbound}.
 * </ul>
 *
 * <p>A workload is, in the cluster, a ServiceAccount, a WorkloadEntry, and with ports a Service. To
 * put its listeners where they belong it also has an EnvoyFilter, for inbound ports a Sidecar, for
 * plaintext ones a PeerAuthentication, and a Telemetry that selects nothing (by it Pilothouse sees
 * that istiod works with the others, before the Envoy connects). They are named {@code
 * pilothouse-…}, selected by the label {@code pilothouse.dev/workload}, and go with the workload.
 *
 * <h2>What differs from a pod</h2>
 *
 * <ul>
 *   <li>All services share one address, as there are no service IPs: of two TCP services with the
 *       same port istiod serves one. HTTP services are told apart by their Host.
 *   <li>A workload with ports has a Sidecar resource of its own, so a Sidecar of the user's for its
 *       namespace does not hold for it. It holds for clients, which have none.
 *   <li>Ports below 1024: an inbound one is served on 10000 more (as a pod listens on 8080 behind
 *       port 80). Outbound ones need a user who may listen there (root, or {@code
 *       net.ipv4.ip_unprivileged_port_start=0}); otherwise they have no listener, and {@link
 *       dev.pilothouse.workload.Workload#send} says so.
 *   <li>A program that listens on a service's port at all addresses of the machine is in the way:
 *       the Envoy cannot bind it, and deploying fails with Envoy's words.
 *   <li>A plaintext workload has a PeerAuthentication of its own, so one with {@code STRICT} for
 *       the mesh or a namespace does not hold for it. To test that plain text is refused, deploy
 *       istiod with {@code MeshProfile.UPSTREAM_ENVOY_MTLS}, the workloads with {@code
 *       Security.MUTUAL_TLS}, and send plain text to {@link
 *       dev.pilothouse.workload.LocalWorkload#inbound} with a client of your own.
 *   <li>TLS certificates of a Gateway resource need {@code Security.MUTUAL_TLS}: istiod gives
 *       secrets to nobody that it does not know. Such a gateway may read the secrets of its
 *       namespace, as Istio's own may. {@link dev.pilothouse.workload.Workload#send} speaks no TLS:
 *       take an HTTPS client of your own to {@code inbound(443)}.
 *   <li>A host outside of the mesh answers 503 under {@code ALLOW_ANY} too: what Envoy would send
 *       to the address that the application asked for has no such address here. A ServiceEntry with
 *       endpoints works.
 * </ul>
 */
@NullMarked
package dev.pilothouse.workload;

import org.jspecify.annotations.NullMarked;
