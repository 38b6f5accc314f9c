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
 * run of an update that changes nothing.) It knows best {@code VirtualService} and {@code
 * DestinationRule}; of kinds that leave no trace in a proxy's configuration, as {@code
 * PeerAuthentication}, it calls the link {@link Link#GENERATED} undecided and compares the whole.
 * Safe for use by several threads. Checked against Istio 1.31 and Envoy 1.40.
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
   * broken; see {@link #await}.
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
   * Follows a resource to a proxy until it is live.
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
