package dev.pilothouse.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends namespaces that somebody has deleted: empties them, then takes their finalizer away. In a
 * whole cluster the namespace controller of the kube-controller-manager does this.
 */
final class NamespaceFinalizer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NamespaceFinalizer.class);
  private static final String NAMESPACES = "/api/v1/namespaces";
  private static final String TERMINATING =
      NAMESPACES + "?fieldSelector=status.phase%3DTerminating";
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final int NOT_FOUND = 404;

  private final ApiServer server;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "pilothouse-namespaces");
            thread.setDaemon(true);
            return thread;
          });
  private Future<?> next = CompletableFuture.completedFuture(null);
  private volatile boolean nudged;

  NamespaceFinalizer(ApiServer server) {
    this.server = server;
  }

  /** Begins in the background. */
  void start() {
    worker.execute(this::watch);
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }

  /** A watch begins with an event for each namespace there is, so none is missed. */
  private void watch() {
    var unused =
        server
            .watch(NAMESPACES, this::nudge)
            .whenComplete(
                (nothing, failure) -> {
                  var unusedToo = later(this::watch, LONGEST_PAUSE);
                });
  }

  private void nudge() {
    nudged = true;
    endAllAfter(Duration.ZERO);
  }

  private synchronized void endAllAfter(Duration pause) {
    next.cancel(false);
    next = later(() -> endAll(pause), pause);
  }

  private Future<?> later(Runnable task, Duration pause) {
    try {
      return worker.schedule(task, pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e); // closed
    }
  }

  /** Ends what can be ended; tries again as long as something in a namespace refuses to go. */
  private void endAll(Duration pause) {
    nudged = false;
    boolean done = true;
    try {
      for (JsonNode namespace : server.get(TERMINATING).path("items")) {
        String name = namespace.path("metadata").path("name").asText();
        done &= empty(name) && withoutFinalizer(name);
      }
    } catch (PilothouseException e) {
      LOG.debug("Ending namespaces: trying again", e);
      done = false;
    }
    if (!done) {
      Duration longer = pause.multipliedBy(2).plus(FIRST_PAUSE);
      Duration retry = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
      endAllAfter(nudged ? Duration.ZERO : retry);
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
