package dev.pilothouse.workload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.failure.PilothouseException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources in the cluster of workloads whose JVM was killed. Each resource names its run, and the
 * machine it is on; a run that is gone has no folder any more.
 */
final class Leftovers {
  /** The annotation that names the run. */
  static final String RUN = "pilothouse.dev/run";

  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A kind of resource: the path of its API, and its name there. */
  private record Kind(String api, String plural) {
    String everywhere() {
      return "/" + api + "/" + plural;
    }

    String one(String namespace, String name) {
      return "/" + api + "/namespaces/" + namespace + "/" + plural + "/" + name;
    }
  }

  private static final Kind ENVOY_FILTER =
      new Kind("apis/networking.istio.io/v1alpha3", "envoyfilters");

  /** In the order in which they are removed: endpoints first. */
  private static final List<Kind> KINDS =
      List.of(
          new Kind("apis/apps/v1", "deployments"),
          new Kind("api/v1", "configmaps"),
          new Kind("apis/networking.istio.io/v1", "workloadentries"),
          new Kind("api/v1", "services"),
          new Kind("apis/networking.istio.io/v1", "sidecars"),
          new Kind("apis/security.istio.io/v1", "peerauthentications"),
          new Kind("apis/telemetry.istio.io/v1", "telemetries"),
          ENVOY_FILTER,
          new Kind("apis/rbac.authorization.k8s.io/v1", "rolebindings"),
          new Kind("apis/rbac.authorization.k8s.io/v1", "roles"),
          new Kind("api/v1", "serviceaccounts"));

  private final KubernetesClient client;

  Leftovers(KubernetesClient client) {
    this.client = client;
  }

  /** As the annotation has it. */
  static String run(Path folder) {
    return host() + ":" + folder;
  }

  void remove() {
    String selector = "?labelSelector=" + WorkloadManifests.MANAGED_BY + "%3Dpilothouse";
    for (Kind kind : KINDS) {
      for (JsonNode resource : get(kind.everywhere() + selector).path("items")) {
        if (isGone(runOf(resource))) {
          JsonNode metadata = resource.path("metadata");
          String path =
              kind.one(metadata.path("namespace").asText(), metadata.path("name").asText());
          LOG.info("Removing {}, whose run is gone", path);
          call("DELETE", path);
        }
      }
    }
  }

  private static boolean isGone(String run) {
    String here = host() + ":";
    return run.startsWith(here) && !Files.exists(Path.of(run.substring(here.length())));
  }

  /** Makes sure that nobody else has deployed a workload of this name. */
  void requireFree(String tried, WorkloadSpec spec, String name) {
    JsonNode other = get(ENVOY_FILTER.one(spec.namespace(), name));
    if (!other.isEmpty()) {
      throw new PilothouseException(
          tried,
          "the cluster has a workload of that name already, of the run " + runOf(other),
          "close that one, or choose another name",
          null,
          null);
    }
  }

  /** What is there, or nothing when the API server knows no such thing. */
  private JsonNode get(String path) {
    String answer = call("GET", path);
    try {
      return JSON.readTree(answer);
    } catch (JsonProcessingException e) {
      throw failure("GET", path, e);
    }
  }

  private String call(String method, String path) {
    try {
      String answer = client.raw(path, method, null);
      return answer == null ? "" : answer;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return "";
      }
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN && method.equals("GET")) {
        LOG.warn("Cannot tell what dead workloads left in the cluster: {}", e.getMessage());
        return "";
      }
      throw failure(method, path, e);
    }
  }

  private static PilothouseException failure(String method, String path, Exception e) {
    return new PilothouseException(
        method + " " + path,
        String.valueOf(e.getMessage()),
        "check that the API server runs, and that the cluster's user may do that",
        null,
        e);
  }

  private static String runOf(JsonNode resource) {
    return resource.path("metadata").path("annotations").path(RUN).asText();
  }

  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
