package dev.pilothouse.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.cluster.ApiServer.Answer;
import dev.pilothouse.failure.PilothouseException;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends namespaces that somebody has deleted: empties them, then takes their finalizer away. In a
 * whole cluster the namespace controller of the kube-controller-manager does this.
 */
final class NamespaceFinalizer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NamespaceFinalizer.class);
  private static final long FIRST_RETRY_MILLIS = 50;
  private static final long LONGEST_RETRY_MILLIS = 2_000;
  private static final int NOT_FOUND = 404;

  private final KubernetesClient client;
  private final ApiServer server;
  private final Set<String> terminating = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "pilothouse-namespaces");
            thread.setDaemon(true);
            return thread;
          });
  private @Nullable SharedIndexInformer<Namespace> informer;

  NamespaceFinalizer(KubernetesClient client) {
    this.client = client;
    this.server = new ApiServer(client);
  }

  /** Begins in the background. */
  synchronized void start() {
    SharedIndexInformer<Namespace> watching = client.namespaces().runnableInformer(0);
    informer = watching;
    watching.addEventHandler(new Handler());
    watching.exceptionHandler((started, failure) -> !worker.isShutdown());
    worker.execute(watching::start);
  }

  @Override
  public synchronized void close() {
    worker.shutdownNow();
    if (informer != null) {
      informer.close();
    }
  }

  private final class Handler implements ResourceEventHandler<Namespace> {
    @Override
    public void onAdd(Namespace namespace) {
      noteDeletion(namespace);
    }

    @Override
    public void onUpdate(Namespace before, Namespace namespace) {
      noteDeletion(namespace);
    }

    @Override
    public void onDelete(Namespace namespace, boolean unsure) {
      terminating.remove(namespace.getMetadata().getName());
    }

    private void noteDeletion(Namespace namespace) {
      String name = namespace.getMetadata().getName();
      boolean deleted = namespace.getMetadata().getDeletionTimestamp() != null;
      if (deleted && !worker.isShutdown() && terminating.add(name)) {
        worker.execute(() -> end(name, FIRST_RETRY_MILLIS));
      }
    }
  }

  /** One attempt; another follows as long as something in the namespace refuses to go. */
  private void end(String name, long retryMillis) {
    if (!terminating.contains(name)) {
      return;
    }
    try {
      if (empty(name) && withoutFinalizer(name)) {
        terminating.remove(name);
        return;
      }
    } catch (PilothouseException e) {
      LOG.debug("Ending namespace {}: trying again", name, e);
    }
    if (!worker.isShutdown()) {
      long next = Math.min(2 * retryMillis, LONGEST_RETRY_MILLIS);
      var unused = worker.schedule(() -> end(name, next), retryMillis, TimeUnit.MILLISECONDS);
    }
  }

  /** Deletes all that lies in it; true if nothing is left. */
  private boolean empty(String name) {
    List<String> collections = collections(name);
    List<String> full = new ArrayList<>();
    List<JsonNode> lists = server.getAll(collections);
    for (int i = 0; i < collections.size(); i++) {
      JsonNode items = lists.get(i).path("items");
      if (!items.isEmpty()) {
        full.add(collections.get(i));
      }
      for (JsonNode item : items) {
        delete(collections.get(i), item.path("metadata").path("name").asText());
      }
    }
    return server.getAll(full).stream().allMatch(list -> list.path("items").isEmpty());
  }

  private List<String> collections(String namespace) {
    List<String> versions = new ArrayList<>(List.of(ApiResources.groupVersionPath("v1")));
    for (JsonNode group : server.get("/apis").path("groups")) {
      JsonNode preferred = group.path("preferredVersion").path("groupVersion");
      versions.add(ApiResources.groupVersionPath(preferred.asText()));
    }
    List<String> collections = new ArrayList<>();
    List<JsonNode> lists = server.getAll(versions);
    for (int i = 0; i < versions.size(); i++) {
      String prefix = versions.get(i) + "/namespaces/" + ApiResources.encode(namespace) + "/";
      for (JsonNode resource : lists.get(i).path("resources")) {
        if (resource.path("namespaced").asBoolean() && canBeEmptied(resource)) {
          collections.add(prefix + resource.path("name").asText());
        }
      }
    }
    return collections;
  }

  private static boolean canBeEmptied(JsonNode resource) {
    Set<String> verbs = new HashSet<>();
    resource.path("verbs").forEach(verb -> verbs.add(verb.asText()));
    return verbs.containsAll(Set.of("list", "delete"));
  }

  private void delete(String collection, String name) {
    String path = collection + "/" + ApiResources.encode(name);
    Answer answer = server.call("DELETE", path, ApiServer.JSON, null);
    if (!answer.ok() && answer.code() != NOT_FOUND) {
      LOG.debug("Deleting {}: {}", path, answer.words());
    }
  }

  /** True when the namespace is gone, or only waits for other finalizers than the one it has. */
  private boolean withoutFinalizer(String name) {
    String path = "/api/v1/namespaces/" + ApiResources.encode(name);
    JsonNode namespace = server.find(path);
    if (namespace == null) {
      return true;
    }
    ObjectNode finalized = namespace.deepCopy();
    finalized.withObjectProperty("spec").putArray("finalizers");
    return server.call("PUT", path + "/finalize", ApiServer.JSON, finalized.toString()).ok();
  }
}
