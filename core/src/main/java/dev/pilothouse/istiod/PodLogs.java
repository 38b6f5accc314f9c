package dev.pilothouse.istiod;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.rollout.ContainerLog;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the logs of an istiod's pods into one file. The API server tells when a container has
 * ended, and that is when we look for the next one; what was written before that is there, too.
 */
final class PodLogs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PodLogs.class);

  private final KubeDeployment deployment;
  private final RunDirectory directory;
  private final Path file;

  /** A log for each pod alone, by the pod's name. */
  private final Map<String, Path> files = new ConcurrentHashMap<>();

  /** Pods and lives of their containers, as {@code uid/restarts}. */
  private final Set<String> followed = new HashSet<>();

  private final Map<String, CompletableFuture<Void>> streams = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * Nothing is followed yet.
   *
   * @param directory where the files are made
   */
  PodLogs(KubeDeployment deployment, RunDirectory directory) {
    this.deployment = deployment;
    this.directory = directory;
    this.file = directory.write("istiod.log", "");
  }

  Path file() {
    return file;
  }

  /** The log of a pod alone. */
  Path file(JsonNode pod) {
    return files.computeIfAbsent(
        pod.at("/metadata/name").asText(), name -> directory.write("logs/" + name + ".log", ""));
  }

  /** Follows the pods that are not followed yet. */
  void look(List<JsonNode> pods) {
    for (JsonNode pod : pods) {
      for (JsonNode status : pod.at("/status/containerStatuses")) {
        if (status.path("name").asText().equals(Replicas.CONTAINER)
            && status.path("state").has("running")) {
          String life =
              pod.at("/metadata/uid").asText() + "/" + status.path("restartCount").asText();
          follow(pod, life);
        }
      }
    }
  }

  private void follow(JsonNode pod, String life) {
    synchronized (followed) {
      if (closed || !followed.add(life)) {
        return;
      }
    }
    String name = pod.at("/metadata/name").asText();
    ContainerLog log = new ContainerLog(deployment.server(), pod, Replicas.CONTAINER);
    Path own = file(pod);
    write(file, ("==> " + name + " <==\n").getBytes(StandardCharsets.UTF_8));
    CompletableFuture<Void> stream =
        deployment.server().stream(log.followPath(), parts -> write(own, parts));
    streams.put(life, stream);
    var unused =
        stream.whenComplete(
            (done, failure) -> {
              streams.remove(life);
              if (failure != null && !closed) {
                LOG.debug("The log of {} is not followed any more", name, failure);
              }
              lookAgain();
            });
  }

  /** A container has ended; another one may run already. */
  private void lookAgain() {
    if (closed) {
      return;
    }
    Thread looking =
        new Thread(
            () -> {
              try {
                JsonNode now = deployment.find();
                if (now != null) {
                  look(deployment.pods(now));
                }
              } catch (PilothouseException e) {
                LOG.debug("The logs of {} cannot be followed", deployment, e);
              }
            },
            "pilothouse-istiod-log");
    looking.setDaemon(true);
    looking.start();
  }

  private void write(Path own, List<ByteBuffer> parts) {
    for (ByteBuffer part : parts) {
      byte[] bytes = new byte[part.remaining()];
      part.get(bytes);
      write(own, bytes);
      write(file, bytes);
    }
  }

  private void write(Path to, byte[] bytes) {
    synchronized (followed) {
      if (closed) {
        return;
      }
      try (OutputStream out = Files.newOutputStream(to, StandardOpenOption.APPEND)) {
        out.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    synchronized (followed) {
      closed = true;
    }
    streams.values().forEach(stream -> stream.cancel(true));
  }
}
