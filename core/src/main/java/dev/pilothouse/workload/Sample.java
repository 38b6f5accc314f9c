package dev.pilothouse.workload;

import dev.pilothouse.cluster.Manifests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sample application for a cluster, of the shape that Istio's documents use: httpbin, sleep and
 * bookinfo. Deploy it by {@link PodWorkloads#deploy(Sample, String)}.
 *
 * @param name names it, as {@code bookinfo}
 * @param parts its Deployments
 */
public record Sample(String name, List<Part> parts) {
  private static final int BOOKINFO_PORT = 9080;

  /** Copies the list. */
  public Sample {
    parts = List.copyOf(parts);
  }

  /**
   * A Deployment, and the Service that it stands behind.
   *
   * @param deployment its name, as {@code reviews-v2}
   * @param service the Service's name, and the label {@code app}
   * @param version the label {@code version}
   * @param container the container's name
   * @param image the container's image
   * @param command what it runs; empty for the image's own
   * @param port the Service's port, named {@code http}; 0 for no Service
   * @param targetPort where the container listens; 0 for nowhere
   */
  public record Part(
      String deployment,
      String service,
      String version,
      String container,
      String image,
      List<String> command,
      int port,
      int targetPort) {
    /** Copies the list. */
    public Part {
      command = List.copyOf(command);
    }
  }

  /**
   * httpbin, on port 8000, as a public image.
   *
   * @return the sample
   */
  public static Sample httpbin() {
    return httpbin("docker.io/mccutchen/go-httpbin:v2.15.0");
  }

  /**
   * httpbin, on port 8000.
   *
   * @param image an image of its kind that listens on 8080
   * @return the sample
   */
  public static Sample httpbin(String image) {
    return new Sample(
        "httpbin",
        List.of(new Part("httpbin", "httpbin", "v1", "httpbin", image, List.of(), 8000, 8080)));
  }

  /**
   * A pod to send requests from, by curl, as a public image.
   *
   * @return the sample
   */
  public static Sample sleep() {
    return sleep("docker.io/curlimages/curl:8.11.1");
  }

  /**
   * A pod to send requests from, by curl.
   *
   * @param image an image with sleep and curl
   * @return the sample
   */
  public static Sample sleep(String image) {
    List<String> command = List.of("sleep", "infinity");
    return new Sample(
        "sleep", List.of(new Part("sleep", "sleep", "v1", "sleep", image, command, 0, 0)));
  }

  /**
   * bookinfo, of Istio's public images: productpage, details, ratings, and three versions of
   * reviews, each on port 9080.
   *
   * @return the sample
   */
  public static Sample bookinfo() {
    return bookinfo("docker.io/istio", "1.20.3");
  }

  /**
   * bookinfo, of images {@code <hub>/examples-bookinfo-<part>:<tag>}.
   *
   * @param hub where the images lie
   * @param tag their tag
   * @return the sample
   */
  public static Sample bookinfo(String hub, String tag) {
    List<Part> parts = new ArrayList<>();
    for (String[] part :
        new String[][] {
          {"details", "v1"},
          {"ratings", "v1"},
          {"reviews", "v1"},
          {"reviews", "v2"},
          {"reviews", "v3"},
          {"productpage", "v1"}
        }) {
      String deployment = part[0] + "-" + part[1];
      String image = hub + "/examples-bookinfo-" + deployment + ":" + tag;
      parts.add(
          new Part(
              deployment,
              part[0],
              part[1],
              part[0],
              image,
              List.of(),
              BOOKINFO_PORT,
              BOOKINFO_PORT));
    }
    return new Sample("bookinfo", parts);
  }

  /** Its resources: for each Service a ServiceAccount too, as its identity. */
  Manifests manifests(String namespace, Map<String, String> labels, String run) {
    Map<String, Object> metadata =
        Map.of(
            "namespace",
            namespace,
            "labels",
            Map.of(WorkloadManifests.MANAGED_BY, WorkloadManifests.PILOTHOUSE),
            "annotations",
            Map.of(Leftovers.RUN, run));
    List<Object> resources = new ArrayList<>();
    Map<String, Part> services = new TreeMap<>();
    parts.forEach(part -> services.putIfAbsent(part.service(), part));
    for (Part part : services.values()) {
      resources.add(resource("v1", "ServiceAccount", part.service(), metadata, Map.of()));
      if (part.port() > 0) {
        Map<String, Object> port =
            Map.of("name", "http", "port", part.port(), "targetPort", part.targetPort());
        Map<String, Object> spec =
            Map.of("selector", Map.of("app", part.service()), "ports", List.of(port));
        resources.add(resource("v1", "Service", part.service(), metadata, spec));
      }
    }
    for (Part part : parts) {
      resources.add(
          resource("apps/v1", "Deployment", part.deployment(), metadata, deployment(part, labels)));
    }
    return WorkloadManifests.manifests(resources);
  }

  private static Map<String, Object> deployment(Part part, Map<String, String> labels) {
    Map<String, Object> container = new TreeMap<>();
    container.put("name", part.container());
    container.put("image", part.image());
    if (!part.command().isEmpty()) {
      container.put("command", part.command());
    }
    if (part.targetPort() > 0) {
      container.put("ports", List.of(Map.of("containerPort", part.targetPort())));
    }
    Map<String, String> own = Map.of("app", part.service(), "version", part.version());
    Map<String, String> all = new TreeMap<>(labels);
    all.putAll(own);
    Map<String, Object> pod =
        Map.of(
            "serviceAccountName",
            part.service(),
            "terminationGracePeriodSeconds",
            1,
            "containers",
            List.of(container));
    return Map.of(
        "replicas",
        1,
        "selector",
        Map.of("matchLabels", own),
        "template",
        Map.of("metadata", Map.of("labels", all), "spec", pod));
  }

  private static Map<String, Object> resource(
      String apiVersion,
      String kind,
      String name,
      Map<String, Object> metadata,
      Map<String, Object> spec) {
    Map<String, Object> resource = new TreeMap<>();
    resource.put("apiVersion", apiVersion);
    resource.put("kind", kind);
    Map<String, Object> named = new TreeMap<>(metadata);
    named.put("name", name);
    resource.put("metadata", named);
    if (!spec.isEmpty()) {
      resource.put("spec", spec);
    }
    return resource;
  }
}
