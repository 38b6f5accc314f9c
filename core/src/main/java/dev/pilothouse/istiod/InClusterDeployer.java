package dev.pilothouse.istiod;

import dev.pilothouse.source.IstiodBinary;
import java.util.List;
import java.util.Optional;

/** Deploys istiod in a cluster, and finds those that run there. Safe for use by several threads. */
public interface InClusterDeployer extends IstiodDeployer {
  /**
   * Installs Istio with this istiod and waits until all its replicas are ready and say the binary's
   * version; gateways of the installation profile are waited for too. What {@link
   * InstallSpec#lifetime} keeps, and nobody has in hand, is taken over and brought up to date.
   *
   * @param binary what to run; built for Linux
   * @param spec how to run it; its name stays {@code istiod}, because the charts name it
   * @return the running istiod; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException as for each deployer, and: if pods cannot be
   *     scheduled, an image is missing or istiod crashes, at once, with the reason, events and the
   *     log; if an istiod of that revision runs that is not ours
   */
  @Override
  InClusterIstiod deploy(IstiodBinary binary, IstiodSpec spec);

  /**
   * Installs Istio with an image as it is, for example a released istiod. As there is no binary to
   * hold it against, the replicas must only agree with each other.
   *
   * @param image a reference that the nodes can pull or have
   * @param spec how to run it
   * @return the running istiod; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException as {@link #deploy(IstiodBinary, IstiodSpec)}
   */
  InClusterIstiod deploy(String image, IstiodSpec spec);

  /**
   * Attaches to an istiod that runs in the cluster, whoever installed it. Closing it uninstalls
   * nothing; {@link InClusterIstiod#replaceWith} works, and what it replaces is not put back.
   *
   * <p>Its {@link InClusterIstiod#spec} is what the cluster tells: the revision, the whole mesh
   * config of its ConfigMap, and the environment variables of its container, those of the charts
   * included. The rest is as {@link IstiodSpec#defaults} has it, with the profile {@link
   * MeshProfile#ISTIO_DEFAULTS}: Helm values and flags cannot be told apart from the charts' own.
   * How many replicas there are, {@link InClusterIstiod#replicas} says.
   *
   * @param revision its revision; {@code default} for the default one
   * @return the istiod, or empty if there is none of that revision
   * @throws dev.pilothouse.failure.PilothouseException if none of its replicas answers
   */
  Optional<InClusterIstiod> find(String revision);

  /**
   * The revisions that are installed in the cluster, whoever installed them.
   *
   * @return their names, sorted
   */
  List<String> revisions();
}
