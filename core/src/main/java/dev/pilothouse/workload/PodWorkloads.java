package dev.pilothouse.workload;

import dev.pilothouse.cluster.Applied;
import java.util.List;

/** Workloads that run in pods of a cluster. Safe for use by several threads. */
public interface PodWorkloads extends Workloads {
  /**
   * Deploys a workload as a Deployment with an injected proxy, and with ports a Service, and waits
   * until every container is ready, the proxy's included. A namespace that is missing is made, and
   * labelled for injection; one that is there is left as it is, and the pod says itself that it
   * wants a sidecar.
   *
   * <p>{@link WorkloadSpec#security} says nothing here: pods always have certificates, and what
   * they speak is the mesh's own decision.
   *
   * @param spec the workload; its ports without applications of the caller's
   * @return the running workload
   * @throws dev.pilothouse.failure.PilothouseException if it does not get that far, at once where
   *     there is no hope: no proxy was injected, an image is missing, no node has room, a container
   *     crashes; with the pods' states, events and logs. Nothing is left behind. Also for a
   *     namespace in ambient mode, which Pilothouse does not know.
   */
  @Override
  PodWorkload deploy(WorkloadSpec spec);

  /**
   * Deploys a sample with injected proxies, and waits until every container of it is ready.
   *
   * @param sample the sample
   * @param namespace where to; made if missing
   * @return the running sample; it ends when it is closed, or with these workloads
   * @throws dev.pilothouse.failure.PilothouseException as for {@link #deploy(WorkloadSpec)}
   */
  DeployedSample deploy(Sample sample, String namespace);

  /**
   * A Deployment that somebody else has made, as the samples of Istio, an ingress gateway, or what
   * istiod deploys for a Gateway of the Gateway API ({@code <name>-istio}). If a killed JVM of this
   * machine has left its agent under Delve ({@link PodWorkload#debugAgent}), that is set back
   * first.
   *
   * @param namespace its namespace
   * @param deployment its name
   * @return the workload; closing it ends its port-forwards and leaves the Deployment alone
   * @throws dev.pilothouse.failure.PilothouseException if there is no such Deployment, no proxy is
   *     in its pods, its namespace or pod is in ambient mode, or it is a waypoint: by its pods'
   *     labels, or as the Gateway of that name has the class {@code istio-waypoint}
   */
  PodWorkload find(String namespace, String deployment);

  /**
   * A namespace whose pods get sidecars: makes it, or labels the one that is there.
   *
   * @param name its name
   * @return sets the labels back when it is closed, or deletes the namespace that it has made, with
   *     all that is in it
   * @throws dev.pilothouse.failure.PilothouseException if it is in ambient mode
   */
  Applied injectedNamespace(String name);

  /**
   * The pods of a namespace.
   *
   * @param namespace the namespace
   * @return by name
   */
  List<PodStatus> pods(String namespace);
}
