package dev.pilothouse.doctor;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.workload.Proxy;
import java.time.Duration;

/**
 * Why is my change not live? Follows an Istio resource link by link: the API server has it, istiod
 * finds it valid, has seen it, makes something of it for this proxy, has sent that, the proxy has
 * accepted it, uses it, and nothing stands in its way. The first broken link is the answer, with
 * its evidence.
 *
 * <pre>{@code
 * Doctor doctor = Doctor.of(mesh.cluster(), IstiodConsole.of(mesh.istiod()));
 * Diagnosis found = doctor.diagnose("VirtualService", "default", "httpbin", client.proxy());
 * found.broken();                      // empty: it is live
 * System.out.println(found.table());
 * }</pre>
 *
 * <p>It only reads: nothing is pushed or changed. (What istiod's validation says is asked by a dry
 * run of an update that changes nothing.) Istio's own kinds are followed, not those of the Gateway
 * API, nor {@code ProxyConfig}, {@code WorkloadEntry} and {@code WorkloadGroup}. Where istiod
 * writes no name into what it makes, {@link Link#GENERATED} is decided by what is made: the filter
 * chains for a {@code PeerAuthentication}, the services and inbound ports for a {@code Sidecar},
 * the objects that a patch of an {@code EnvoyFilter} matches and the values it leaves there, the
 * providers and access logs for a {@code Telemetry}. It stays undecided for tracing and metrics of
 * a {@code Telemetry}, for patches of bootstraps, listener filters and extension configs, and for
 * values that another has changed again. Safe for use by several threads. Checked against Istio
 * 1.31 and Envoy 1.40.
 */
public interface Doctor {
  /**
   * A doctor.
   *
   * @param cluster where the resources are; must outlive this
   * @param console all istiods of the mesh
   * @return the doctor
   */
  static Doctor of(Cluster cluster, IstiodConsole console) {
    return new LiveDoctor(cluster, console);
  }

  /**
   * Follows a resource to a proxy, as things are now. What is on its way for a moment counts as
   * broken; to ask while a change is on its way, use {@link #await}.
   *
   * @param kind as {@code VirtualService}
   * @param namespace the resource's namespace
   * @param name its name
   * @param proxy the proxy that should do as it says
   * @return what was found
   * @throws IllegalArgumentException if Istio has no such kind, with the nearest ones
   * @throws dev.pilothouse.failure.PilothouseException if the API server or istiod does not answer
   */
  Diagnosis diagnose(String kind, String namespace, String name, Proxy proxy);

  /**
   * Follows a resource to a proxy until it is live. Between a change and its push it asks only what
   * does no harm: of what {@link #diagnose} asks there, istiod may keep the old, and push that (see
   * {@link dev.pilothouse.envoy.ConfigSource#istiod}).
   *
   * @param kind as {@code VirtualService}
   * @param namespace the resource's namespace
   * @param name its name
   * @param proxy the proxy that should do as it says
   * @param deadline how long to wait for it at most
   * @return the first diagnosis in which it is live, or the last one
   */
  Diagnosis await(String kind, String namespace, String name, Proxy proxy, Duration deadline);
}
