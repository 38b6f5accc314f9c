package dev.pilothouse.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The proxies of a cluster, each with a port-forward that is opened once. */
final class ClusterProxies implements Proxies {
  /** Reads at a time: each is a connection through the API server, and JSON to read. */
  private static final int READERS = 8;

  private final Cluster cluster;
  private final ApiServer server;

  /** Guarded by this. */
  private final Map<PodTarget, ForwardedProxy> proxies = new HashMap<>();

  /** Guarded by this. */
  private boolean closed;

  ClusterProxies(Cluster cluster) {
    this.cluster = cluster;
    this.server = new ApiServer(cluster.client());
  }

  @Override
  public PodProxy proxy(PodTarget target) {
    return forwarded(target instanceof PodTarget.Service service ? podsOf(service) : target);
  }

  private synchronized ForwardedProxy forwarded(PodTarget target) {
    if (closed) {
      throw new PilothouseException("reaching " + target, "these are closed", "", null, null);
    }
    return proxies.computeIfAbsent(target, missing -> new ForwardedProxy(cluster, missing));
  }

  /** The admin port is none of the Service's. */
  private PodTarget podsOf(PodTarget.Service service) {
    String path = "/api/v1/namespaces/" + service.namespace() + "/services/" + service.name();
    Map<String, String> labels = new HashMap<>();
    server
        .get(path)
        .at("/spec/selector")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    if (labels.isEmpty()) {
      throw new PilothouseException(
          "finding the pods of " + service, "it has no selector", "", null, null);
    }
    return PodTarget.labels(service.namespace(), labels);
  }

  @Override
  public List<PodProxy> in(String namespace) {
    List<JsonNode> pods = new ArrayList<>();
    server.get("/api/v1/namespaces/" + namespace + "/pods").path("items").forEach(pods::add);
    pods.sort(Comparator.comparing(pod -> pod.at("/metadata/name").asText()));
    return pods.stream()
        .filter(pod -> !PodView.terminating(pod) && PodView.injected(pod))
        .filter(pod -> pod.at("/status/phase").asText().equals("Running"))
        .<PodProxy>map(
            pod -> forwarded(PodTarget.pod(namespace, pod.at("/metadata/name").asText())))
        .toList();
  }

  @Override
  public SortedMap<String, EnvoyConfig> read(String namespace, EnvoyConfigInspector inspector) {
    String tried = "reading the proxies of namespace " + namespace;
    ExecutorService readers =
        Executors.newFixedThreadPool(
            READERS,
            task -> {
              Thread thread = new Thread(task, "pilothouse-read-" + namespace);
              thread.setDaemon(true);
              return thread;
            });
    try {
      Map<String, Future<EnvoyConfig>> reads = new LinkedHashMap<>();
      for (PodProxy proxy : in(namespace)) {
        reads.put(proxy.id(), readers.submit(() -> inspector.read(proxy.config())));
      }
      return results(tried, reads);
    } finally {
      readers.shutdownNow();
    }
  }

  private static SortedMap<String, EnvoyConfig> results(
      String tried, Map<String, Future<EnvoyConfig>> reads) {
    SortedMap<String, EnvoyConfig> results = new TreeMap<>();
    @Nullable PilothouseException failure = null;
    for (Map.Entry<String, Future<EnvoyConfig>> read : reads.entrySet()) {
      try {
        results.put(read.getKey(), read.getValue().get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PilothouseException(tried, "this thread was interrupted", "", null, e);
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        PilothouseException one =
            new PilothouseException(
                tried, read.getKey() + ": " + cause.getMessage(), "", null, cause);
        if (failure == null) {
          failure = one;
        } else {
          failure.addSuppressed(one);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }

  @Override
  public void close() {
    List<ForwardedProxy> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(proxies.values());
      proxies.clear();
    }
    all.forEach(ForwardedProxy::close);
  }
}
