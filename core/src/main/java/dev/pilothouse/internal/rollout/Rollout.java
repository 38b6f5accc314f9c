package dev.pilothouse.internal.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.NotYet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until a Deployment's pods are all of its newest kind and ready. Used by one thread. */
public final class Rollout {
  private static final Logger LOG = LoggerFactory.getLogger(Rollout.class);

  /** An API server that restarts is back by then; kubectl gives up at once. */
  private static final Duration UNREACHABLE = Duration.ofSeconds(10);

  /** An istiod that injects is back by then, even when its last replica was just replaced. */
  private static final Duration WEBHOOK_FAILS = Duration.ofSeconds(15);

  private static final String WEBHOOK = "failed calling webhook";

  private final KubeDeployment deployment;
  private final String container;
  private final Evidence.Reader reader;
  private final BooleanSupplier abandoned;

  /** The Deployment while it is waited for: asked no longer than the deadline. */
  private KubeDeployment asked;

  private @Nullable JsonNode newest;
  private List<JsonNode> newPods = List.of();
  private long answeredAt = System.nanoTime();
  private boolean answers = true;

  /** Since when pods are refused because a webhook fails; null while they are not. */
  private @Nullable Long webhookFailsSince;

  /** Why there is no hope; empty while there is. */
  private String verdict = "";

  /**
   * Nothing is asked yet.
   *
   * @param deployment the Deployment
   * @param container the container whose log tells why it fails
   * @param reader chooses the lines of that log to show
   * @param abandoned whether nobody wants it any more
   */
  public Rollout(
      KubeDeployment deployment,
      String container,
      Evidence.Reader reader,
      BooleanSupplier abandoned) {
    this.deployment = deployment;
    this.container = container;
    this.reader = reader;
    this.abandoned = abandoned;
    this.asked = deployment;
  }

  /**
   * Waits.
   *
   * @param tried what is being done, for the message
   * @param deadline how long at most
   * @throws PilothouseException on the deadline, or at once when there is no hope: with the reason,
   *     the pods' states, events and the end of their logs
   */
  public void await(String tried, Duration deadline) {
    asked = deployment.until(System.nanoTime() + deadline.toNanos());
    Poll.Outcome<Boolean> outcome =
        Poll.until(
            tried,
            deadline,
            () -> abandoned.getAsBoolean() || !verdict.isEmpty(),
            () -> look(asked::get));
    if (abandoned.getAsBoolean()) {
      throw new PilothouseException(tried, "it was closed meanwhile", "", null, null);
    }
    if (outcome.value() == null) {
      String seen = outcome.seenLast();
      String late =
          deployment
              + " is not rolled out after "
              + deadline.toMillis()
              + " ms"
              + (seen.isEmpty() ? "" : ": " + seen);
      throw new PilothouseException(
          tried, (outcome.hopeless() ? verdict : late) + evidence(), advice(), null, null);
    }
  }

  /** What to do about the verdict; empty where its own words say it. */
  private String advice() {
    if (verdict.contains("ErrImageNeverPull")) {
      return "bring the image to every node, or let the nodes pull it (Delivery.image)";
    }
    if (verdict.contains("ImagePullBackOff")) {
      return "see that the image is there and the nodes may pull it";
    }
    if (verdict.contains(WEBHOOK)) {
      return "see that the istiod behind that webhook runs and is ready; a webhook that nobody"
          + " serves any more is one to delete (kubectl get mutatingwebhookconfigurations)";
    }
    if (verdict.contains("cannot be scheduled")) {
      return "ask for less, for example with the Helm values pilot: {resources: {requests: {cpu:"
          + " 50m}}}, or make room on a node";
    }
    return "";
  }

  /**
   * Looks once.
   *
   * @return why there is no hope, or empty while there is; a Deployment that is missing may come
   */
  public Optional<String> hopelessNow() {
    try {
      Optional<Boolean> unused = look(asked::find);
    } catch (NotYet e) {
      LOG.trace("{} is not rolled out: {}", deployment, e.getMessage()); // Is there hope?
    }
    return verdict.isEmpty() ? Optional.empty() : Optional.of(verdict);
  }

  /**
   * What the cluster shows of the new pods.
   *
   * @return several lines, each begun by a line separator
   */
  public String evidence() {
    // Whom nobody answers has nothing to show, and asking takes its time.
    return answers ? new Evidence(deployment.server()).of(newest, newPods, container, reader) : "";
  }

  private Optional<Boolean> look(Supplier<@Nullable JsonNode> reading) throws NotYet {
    try {
      answers = true;
      Optional<Boolean> done = judged(reading.get());
      answeredAt = System.nanoTime();
      return done;
    } catch (NotYet e) {
      answeredAt = System.nanoTime();
      throw e;
    } catch (PilothouseException e) {
      answers = !(e instanceof ApiServer.NoAnswer);
      String words = String.valueOf(e.getMessage());
      if (System.nanoTime() - answeredAt > UNREACHABLE.toNanos()) {
        verdict = words;
      }
      throw new NotYet(words);
    }
  }

  private Optional<Boolean> judged(@Nullable JsonNode now) throws NotYet {
    if (now == null) {
      throw new NotYet("there is no " + deployment + " yet");
    }
    JsonNode status = now.path("status");
    if (now.at("/metadata/generation").asLong() > status.path("observedGeneration").asLong()) {
      throw new NotYet("the Deployment's controller has not seen the change");
    }
    int wanted = now.at("/spec/replicas").asInt(1);
    newPods = newPods(now);
    int updated = status.path("updatedReplicas").asInt();
    int available = status.path("availableReplicas").asInt();
    int all = status.path("replicas").asInt();
    if (updated == wanted && available == wanted && all == wanted) {
      return Optional.of(true);
    }
    judge(now, wanted, available);
    throw new NotYet(
        "%d of %d replicas are new, %d available, %d old ones remain"
            .formatted(updated, wanted, available, Math.max(0, all - updated)));
  }

  private List<JsonNode> newPods(JsonNode now) {
    newest = asked.newestReplicaSet(now);
    List<JsonNode> pods = new ArrayList<>();
    if (newest != null) {
      String uid = newest.at("/metadata/uid").asText();
      for (JsonNode pod : asked.pods(now)) {
        if (pod.at("/metadata/ownerReferences/0/uid").asText().equals(uid)
            && !pod.path("metadata").has("deletionTimestamp")) {
          pods.add(pod);
        }
      }
    }
    return pods;
  }

  private void judge(JsonNode now, int wanted, int available) {
    if (!now.at("/status/conditions").toString().contains(WEBHOOK)) {
      webhookFailsSince = null;
    }
    for (JsonNode condition : now.at("/status/conditions")) {
      String type = condition.path("type").asText();
      String status = condition.path("status").asText();
      String message = condition.path("message").asText();
      boolean failed =
          (type.equals("ReplicaFailure") && status.equals("True") && staysRefused(message))
              || (type.equals("Progressing") && status.equals("False"));
      if (failed) {
        verdict = deployment + ": " + condition.path("reason").asText() + ": " + message;
        return;
      }
    }
    if (now.at("/spec/paused").asBoolean()) {
      verdict = deployment + " is paused: kubectl rollout resume";
      return;
    }
    PodJudge judge = new PodJudge(asked.server());
    for (JsonNode pod : newPods) {
      Optional<String> hopeless = judge.hopeless(pod);
      // An old pod that may go makes room for a new one.
      boolean unscheduled = pod.at("/spec/nodeName").isMissingNode();
      if (hopeless.isPresent() && !(unscheduled && available > least(now, wanted))) {
        verdict = hopeless.get();
        return;
      }
    }
  }

  /**
   * What is forbidden or denied stays so; but the service account, which some apply after the
   * Deployment, may come, and a webhook that fails may come back soon.
   */
  private boolean staysRefused(String message) {
    if (message.contains(WEBHOOK)) {
      long now = System.nanoTime();
      webhookFailsSince = webhookFailsSince == null ? now : webhookFailsSince;
      return now - webhookFailsSince > WEBHOOK_FAILS.toNanos();
    }
    return (message.contains("forbidden") && !message.contains("not found"))
        || message.contains("denied the request");
  }

  /** How many pods must stay available while others are replaced. */
  private static int least(JsonNode now, int wanted) {
    JsonNode most = now.at("/spec/strategy/rollingUpdate/maxUnavailable");
    String text = most.asText("25%");
    int unavailable =
        text.endsWith("%")
            ? wanted * Integer.parseInt(text.substring(0, text.length() - 1)) / 100
            : most.asInt();
    return wanted - unavailable;
  }
}
