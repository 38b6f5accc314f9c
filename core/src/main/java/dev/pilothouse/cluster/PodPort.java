package dev.pilothouse.cluster;

/**
 * A port of a pod.
 *
 * @param namespace the pod's namespace
 * @param pod its name
 * @param uid which pod of that name
 * @param port the number
 */
record PodPort(String namespace, String pod, String uid, int port) {
  /** As {@code port 8080 of pod shop/reviews-7d4b}. */
  @Override
  public String toString() {
    return "port " + port + " of pod " + namespace + "/" + pod;
  }
}
