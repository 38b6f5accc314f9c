package dev.pilothouse.workload;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * How workloads run in a cluster. Immutable.
 *
 * <pre>{@code
 * PodOptions.defaults().withRevision("canary").withApplicationImage("registry.example/perl:5")
 * }</pre>
 *
 * @param revision the istiod that injects the sidecars, by its revision or a tag; empty for the one
 *     that {@code istio-injection: enabled} means
 * @param applicationImage an image with perl in it, in which Pilothouse's own application runs (a
 *     script that comes by a ConfigMap): any Debian will do
 * @param clientImage an image with curl and sleep in it, in which a workload without ports runs
 * @param readyDeadline how long a pod may take to become ready, where the workload's own deadline
 *     is shorter: images may have to be pulled
 */
public record PodOptions(
    String revision, String applicationImage, String clientImage, Duration readyDeadline) {
  /**
   * The default injector, public images, and two minutes.
   *
   * @return options to start from
   */
  public static PodOptions defaults() {
    return new PodOptions(
        "",
        "docker.io/library/debian:bookworm-slim",
        "docker.io/curlimages/curl:8.11.1",
        Duration.ofMinutes(2));
  }

  /** The labels by which a pod asks for its proxy. */
  Map<String, String> podLabels() {
    Map<String, String> labels = new TreeMap<>();
    labels.put("sidecar.istio.io/inject", "true");
    if (!revision.isEmpty()) {
      labels.put("istio.io/rev", revision);
    }
    return labels;
  }

  /** The labels by which a namespace asks for proxies in its pods. */
  Map<String, String> namespaceLabels() {
    return revision.isEmpty()
        ? Map.of("istio-injection", "enabled")
        : Map.of("istio.io/rev", revision);
  }

  /**
   * Another injector.
   *
   * @param value a revision or a tag; empty for the default
   * @return a copy
   */
  public PodOptions withRevision(String value) {
    return new PodOptions(value, applicationImage, clientImage, readyDeadline);
  }

  /**
   * Another image for applications.
   *
   * @param value an image with perl
   * @return a copy
   */
  public PodOptions withApplicationImage(String value) {
    return new PodOptions(revision, value, clientImage, readyDeadline);
  }

  /**
   * Another image for clients.
   *
   * @param value an image with curl and sleep
   * @return a copy
   */
  public PodOptions withClientImage(String value) {
    return new PodOptions(revision, applicationImage, value, readyDeadline);
  }

  /**
   * Another time to get ready.
   *
   * @param value how long a pod may take at least
   * @return a copy
   */
  public PodOptions withReadyDeadline(Duration value) {
    return new PodOptions(revision, applicationImage, clientImage, value);
  }
}
