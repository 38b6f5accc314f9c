package dev.pilothouse.workload;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A pod as the API server shows it.
 *
 * @param name its name
 * @param namespace its namespace
 * @param phase as {@code Running}; {@code Terminating} for one that is on its way out
 * @param containers its containers, the application's first; a sidecar that Kubernetes counts among
 *     the init containers is one of them
 * @param restarts how often its containers have been restarted, all together
 * @param age how long ago it was made, by this machine's clock
 * @param detail what holds it up, in Kubernetes' words, as {@code istio-proxy CrashLoopBackOff};
 *     how it is, if nothing does
 */
public record PodStatus(
    String name,
    String namespace,
    String phase,
    List<Container> containers,
    int restarts,
    Duration age,
    String detail) {
  /** Copies the list. */
  public PodStatus {
    containers = List.copyOf(containers);
  }

  /**
   * A container.
   *
   * @param name its name, as {@code istio-proxy}
   * @param image its image
   * @param ready whether it is ready
   * @param restarts how often it has been restarted
   */
  public record Container(String name, String image, boolean ready, int restarts) {}

  /**
   * Whether it runs, is not on its way out, and all its containers are ready.
   *
   * @return true if so
   */
  public boolean ready() {
    return phase.equals("Running") && containers.stream().allMatch(Container::ready);
  }

  /**
   * Whether a sidecar, or a gateway's proxy, is in it.
   *
   * @return true if it has a container {@code istio-proxy}
   */
  public boolean injected() {
    return containers.stream().anyMatch(container -> container.name().equals("istio-proxy"));
  }

  /**
   * The names of the containers, as the second half of a sidecar's proof.
   *
   * @return for example {@code httpbin istio-proxy}
   */
  public String containerNames() {
    return String.join(" ", containers.stream().map(Container::name).toList());
  }

  /**
   * Pods as text, one line a pod, as {@code kubectl get pods} has them.
   *
   * @param pods the pods
   * @return name, ready containers of all, phase, restarts, age and names of the containers
   */
  public static String table(List<PodStatus> pods) {
    int width = Math.max(4, pods.stream().mapToInt(pod -> pod.name().length()).max().orElse(0));
    String row = "%-" + width + "s  %-5s  %-11s  %8s  %6s  %s";
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, row, "NAME", "READY", "STATUS", "RESTARTS", "AGE", "CONTAINERS"));
    for (PodStatus pod : pods) {
      long ready = pod.containers().stream().filter(Container::ready).count();
      text.append(System.lineSeparator())
          .append(
              String.format(
                  Locale.ROOT,
                  row,
                  pod.name(),
                  ready + "/" + pod.containers().size(),
                  pod.phase(),
                  pod.restarts(),
                  age(pod.age()),
                  pod.containerNames()));
    }
    return text.toString();
  }

  private static String age(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    return seconds < 7200 ? seconds / 60 + "m" : seconds / 3600 + "h";
  }
}
