package dev.pilothouse.kind;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.NotYet;
import dev.pilothouse.internal.TimeLeft;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Waits until a cluster can really be used. */
final class Readiness {
  private static final String SYSTEM = "kube-system";
  private static final int SHOWN_EVENTS = 5;

  private final String tried;
  private final KubernetesClient client;
  private final CoreDns dns;
  private final long end;

  Readiness(String cluster, KubernetesClient client, Duration deadline) {
    this.tried = "waiting until kind cluster " + cluster + " is ready";
    this.client = client;
    this.dns = new CoreDns(client);
    this.end = System.nanoTime() + deadline.toNanos();
  }

  /** The nodes are ready, names can be looked up, and pods can be made. */
  void await(int nodes) {
    dns.watch(TimeLeft.until(end)); // Of what is awaited it comes last.
    await(() -> nodesReady(nodes));
    await(this::coreDnsAvailable);
    awaitDefaultServiceAccount();
  }

  /** What there is even without a network for pods. */
  void awaitDefaultServiceAccount() {
    await(
        () -> {
          if (client.serviceAccounts().inNamespace("default").withName("default").get() == null) {
            throw new NotYet("there is no service account default/default");
          }
          return Optional.of(true);
        });
  }

  private void await(Callable<Optional<Boolean>> fact) {
    Duration left = TimeLeft.until(end);
    Poll.Outcome<Boolean> outcome =
        Poll.until(
            tried,
            left,
            () -> {
              try {
                return fact.call();
              } catch (KubernetesClientException e) {
                throw new NotYet("the API server says: " + e.getMessage());
              }
            });
    if (outcome.value() == null) {
      String words = "it was not in time; seen last: " + outcome.seenLast() + events();
      throw new PilothouseException(
          tried, words, "allow it more time, or more of the machine", null, outcome.lastFailure());
    }
  }

  private Optional<Boolean> nodesReady(int expected) throws NotYet {
    List<Node> nodes = client.nodes().list().getItems();
    if (nodes.size() < expected) {
      throw new NotYet(nodes.size() + " of " + expected + " nodes have joined");
    }
    for (Node node : nodes) {
      NodeCondition ready = ready(node);
      if (ready == null || !ready.getStatus().equals("True")) {
        String why = ready == null ? "it has not said so yet" : ready.getMessage();
        throw new NotYet("node " + node.getMetadata().getName() + " is not ready: " + why);
      }
    }
    return Optional.of(true);
  }

  private static @Nullable NodeCondition ready(Node node) {
    return node.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals("Ready"))
        .findFirst()
        .orElse(null);
  }

  private Optional<Boolean> coreDnsAvailable() throws NotYet {
    Optional<String> missing = dns.missing();
    if (missing.isPresent()) {
      throw new NotYet(missing.get());
    }
    return Optional.of(true);
  }

  /** The last warnings of the system's own pods. */
  private String events() {
    try {
      List<Event> warnings =
          client.v1().events().inNamespace(SYSTEM).list().getItems().stream()
              .filter(event -> "Warning".equals(event.getType()))
              .toList();
      StringBuilder text = new StringBuilder();
      warnings.stream()
          .skip(Math.max(0, warnings.size() - SHOWN_EVENTS))
          .forEach(
              event ->
                  text.append(System.lineSeparator())
                      .append("  ")
                      .append(event.getInvolvedObject().getName())
                      .append(": ")
                      .append(event.getMessage()));
      return text.isEmpty() ? "" : System.lineSeparator() + "Warnings of the cluster:" + text;
    } catch (KubernetesClientException e) {
      return ""; // What was seen last says more than why this cannot be read.
    }
  }
}
