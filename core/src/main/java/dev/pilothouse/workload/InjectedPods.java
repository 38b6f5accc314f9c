package dev.pilothouse.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.NotYet;
import dev.pilothouse.internal.Poll.Outcome;
import dev.pilothouse.internal.TimeLeft;
import dev.pilothouse.internal.rollout.KubeDeployment;
import dev.pilothouse.internal.rollout.Rollout;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** The pods of a Deployment, and the wait until all of them are ready with their proxies in. */
final class InjectedPods {
  private final KubeDeployment deployment;
  private final BooleanSupplier abandoned;

  /**
   * Nothing is asked yet.
   *
   * @param deployment the Deployment
   * @param abandoned whether nobody wants it any more
   */
  InjectedPods(KubeDeployment deployment, BooleanSupplier abandoned) {
    this.deployment = deployment;
    this.abandoned = abandoned;
  }

  List<JsonNode> now() {
    return deployment.pods(deployment.get());
  }

  List<PodStatus> statuses() {
    return now().stream().map(PodView::status).toList();
  }

  /** Waits until the pods of its newest kind are ready, and the others gone. */
  void awaitReady(String tried, Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    Rollout rollout = new Rollout(deployment, PodView.PROXY, InjectedPods::last, abandoned);
    awaitInjected(tried, rollout, deadline);
    rollout.await(tried, TimeLeft.until(end));
    awaitOthersGone(tried, TimeLeft.until(end));
    now().forEach(pod -> requireProxy(tried, pod));
  }

  private static List<String> last(List<String> log, int count) {
    return log.subList(Math.max(0, log.size() - count), log.size());
  }

  /** A pod without a proxy stays so: it is told before anything else is waited for. */
  private void awaitInjected(String tried, Rollout rollout, Duration deadline) {
    Outcome<JsonNode> first =
        Poll.until(
            tried,
            deadline,
            () -> abandoned.getAsBoolean() || rollout.hopelessNow().isPresent(),
            this::newest);
    if (first.value() != null) {
      requireProxy(tried, first.value());
    }
  }

  private void requireProxy(String tried, JsonNode pod) {
    if (!PodView.injected(pod)) {
      throw new PilothouseException(
          tried,
          "no proxy was injected into pod "
              + pod.at("/metadata/name").asText()
              + ": its containers are "
              + PodView.status(pod).containerNames(),
          "see that an istiod with an injector runs for what the pod's labels ask for; "
              + injectors(),
          null,
          null);
    }
  }

  private Optional<JsonNode> newest() throws NotYet {
    try {
      return newest(deployment.get());
    } catch (ApiServer.NoAnswer e) {
      throw new NotYet(String.valueOf(e.getMessage())); // The rollout knows when it is enough.
    }
  }

  private Optional<JsonNode> newest(JsonNode now) throws NotYet {
    if (now.at("/metadata/generation").asLong() > now.at("/status/observedGeneration").asLong()) {
      throw new NotYet("the Deployment's controller has not seen it");
    }
    StringJoiner conditions = new StringJoiner("; ");
    now.at("/status/conditions")
        .forEach(condition -> conditions.add(condition.path("message").asText()));
    return Optional.of(
        deployment.pods(now).stream()
            .filter(pod -> !PodView.terminating(pod))
            .max((a, b) -> created(a).compareTo(created(b)))
            .orElseThrow(() -> new NotYet("there is no pod: " + conditions)));
  }

  private void awaitOthersGone(String tried, Duration deadline) {
    Outcome<Boolean> gone =
        Poll.until(
            tried,
            deadline,
            abandoned,
            () -> {
              List<JsonNode> leaving = now().stream().filter(PodView::terminating).toList();
              if (leaving.isEmpty()) {
                return Optional.of(true);
              }
              throw new NotYet(leaving.get(0).at("/metadata/name").asText() + " is terminating");
            });
    if (gone.value() == null) {
      throw new PilothouseException(tried, gone.seenLast(), "", null, null);
    }
  }

  /** Who injects, for the advice. */
  private String injectors() {
    Answer answer =
        deployment
            .server()
            .call(
                "GET",
                "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
                    + "?labelSelector=istio.io%2Frev",
                ApiServer.JSON,
                null);
    TreeSet<String> names = new TreeSet<>();
    for (JsonNode configuration : answer.body().path("items")) {
      JsonNode labels = configuration.at("/metadata/labels");
      names.add(labels.path("istio.io/tag").asText(labels.path("istio.io/rev").asText()));
    }
    return names.isEmpty() ? "the cluster has none" : "there are those of " + names;
  }

  private static String created(JsonNode pod) {
    return pod.at("/metadata/creationTimestamp").asText();
  }
}
