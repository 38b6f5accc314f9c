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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    return List.copyOf(running(namespace));
  }

  private List<ForwardedProxy> running(String namespace) {
    List<JsonNode> pods = new ArrayList<>();
    server.get("/api/v1/namespaces/" + namespace + "/pods").path("items").forEach(pods::add);
    forgetAllBut(namespace, pods);
    pods.sort(Comparator.comparing(pod -> pod.at("/metadata/name").asText()));
    return pods.stream()
        .filter(pod -> PodView.injected(pod) && runs(pod))
        .map(pod -> forwarded(target(pod)))
        .toList();
  }

  private static boolean runs(JsonNode pod) {
    return !PodView.terminating(pod) && pod.at("/status/phase").asText().equals("Running");
  }

  private static PodTarget target(JsonNode pod) {
    JsonNode metadata = pod.path("metadata");
    return PodTarget.pod(
        metadata.path("namespace").asText(),
        metadata.path("name").asText(),
        metadata.path("uid").asText());
  }

  /** What leads to one very pod has no use once that is gone. */
  private void forgetAllBut(String namespace, List<JsonNode> pods) {
    Set<PodTarget> there = new HashSet<>();
    pods.forEach(pod -> there.add(target(pod)));
    List<ForwardedProxy> gone = new ArrayList<>();
    synchronized (this) {
      proxies
          .entrySet()
          .removeIf(
              entry -> {
                boolean forget =
                    entry.getKey() instanceof PodTarget.Pod pod
                        && pod.uid().isPresent()
                        && pod.namespace().equals(namespace)
                        && !there.contains(pod);
                if (forget) {
                  gone.add(entry.getValue());
                }
                return forget;
              });
    }
    gone.forEach(ForwardedProxy::close);
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
      Map<ForwardedProxy, Future<EnvoyConfig>> reads = new LinkedHashMap<>();
      for (ForwardedProxy proxy : running(namespace)) {
        reads.put(proxy, readers.submit(() -> inspector.read(proxy.config())));
      }
      return results(tried, reads);
    } finally {
      readers.shutdownNow();
    }
  }

  private SortedMap<String, EnvoyConfig> results(
      String tried, Map<ForwardedProxy, Future<EnvoyConfig>> reads) {
    SortedMap<String, EnvoyConfig> results = new TreeMap<>();
    @Nullable PilothouseException failure = null;
    for (Map.Entry<ForwardedProxy, Future<EnvoyConfig>> read : reads.entrySet()) {
      ForwardedProxy proxy = read.getKey();
      try {
        results.put(proxy.id(), read.getValue().get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PilothouseException(tried, "this thread was interrupted", "", null, e);
      } catch (ExecutionException e) {
        if (!stays(proxy)) {
          continue;
        }
        Throwable cause = e.getCause() == null ? e : e.getCause();
        PilothouseException one =
            new PilothouseException(tried, proxy.id() + ": " + cause.getMessage(), "", null, cause);
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

  /** Whether the very pod that a proxy was found in still runs. */
  private boolean stays(ForwardedProxy proxy) {
    String namespace = proxy.target().namespace();
    JsonNode pod = server.find("/api/v1/namespaces/" + namespace + "/pods/" + proxy.pod());
    return pod != null && runs(pod) && target(pod).equals(proxy.target());
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
