package dev.pilothouse.kind;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.NotYet;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
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
  private final long end;

  Readiness(String cluster, KubernetesClient client, Duration deadline) {
    this.tried = "waiting until kind cluster " + cluster + " is ready";
    this.client = client;
    this.end = System.nanoTime() + deadline.toNanos();
  }

  /** The nodes are ready, names can be looked up, and pods can be made. */
  void await(int nodes) {
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
    Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
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
    Deployment dns = client.apps().deployments().inNamespace(SYSTEM).withName("coredns").get();
    if (dns == null) {
      throw new NotYet("there is no deployment " + SYSTEM + "/coredns");
    }
    int wanted = dns.getSpec().getReplicas();
    Integer available = dns.getStatus().getAvailableReplicas();
    if (available == null || available < wanted) {
      throw new NotYet(
          "CoreDNS has "
              + (available == null ? 0 : available)
              + " of "
              + wanted
              + " pods available"
              + podProblems());
    }
    return Optional.of(true);
  }

  private String podProblems() {
    List<String> problems = new ArrayList<>();
    for (Pod pod :
        client.pods().inNamespace(SYSTEM).withLabel("k8s-app", "kube-dns").list().getItems()) {
      String name = pod.getMetadata().getName();
      pod.getStatus().getConditions().stream()
          .filter(c -> c.getType().equals("PodScheduled") && c.getStatus().equals("False"))
          .forEach(c -> problems.add(name + " is not scheduled: " + c.getMessage()));
      for (ContainerStatus status : pod.getStatus().getContainerStatuses()) {
        if (status.getState().getWaiting() != null) {
          problems.add(name + " waits: " + status.getState().getWaiting().getReason());
        } else if (!status.getReady()) {
          problems.add(name + " is not ready yet");
        }
      }
    }
    return problems.isEmpty() ? "" : " (" + String.join("; ", problems) + ")";
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
