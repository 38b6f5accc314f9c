package dev.pilothouse.image;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.source.IstiodBinary;

/**
 * Brings an istiod to where the pods of a cluster can run it: as an image, or as a file on the
 * nodes.
 *
 * <p>Safe for use by several threads.
 */
public interface Delivery {
  /**
   * An image that every node can pull, as a released istiod. Nothing is brought anywhere.
   *
   * <pre>{@code
   * Delivery released = Delivery.image("docker.io/istio/pilot:1.29.0");
   * }</pre>
   *
   * @param reference the image
   * @return a delivery that always gives that image, with the pull policy {@code IfNotPresent}
   */
  static Delivery image(String reference) {
    return new PulledImage(reference);
  }

  /**
   * Delivers an istiod, to all nodes of the cluster. When they have it already nothing is done, and
   * the answer says so.
   *
   * @param binary the istiod
   * @param target the cluster
   * @param place what it is for: the namespace and name of the deployment, as {@code
   *     istio-system/istiod}. A hot swap keeps the binary of each place in a directory of its own.
   * @return what the pods shall run
   * @throws ImageException if it cannot be delivered; what was there before is still in use
   */
  DeliveredIstiod deliver(IstiodBinary binary, Cluster target, String place);

  /**
   * Takes back the last delivery to a place, where a delivery acts by itself: after a hot swap the
   * istiod of before runs again. What was delivered as an image is taken back by the deployment,
   * which goes back to the image of before, and nothing is done here.
   *
   * @param delivered the delivery that failed the caller
   * @param target the cluster it went to
   * @throws ImageException if there was no delivery before it, or the nodes cannot be reached
   */
  default void rollBack(DeliveredIstiod delivered, Cluster target) {}
}
