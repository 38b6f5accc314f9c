package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.NotYet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Optional;

/** Waits until the API server asks an istiod in the cluster about Istio's resources. */
final class ValidationProbe {
  private final ApiServer server;
  private final String namespace;
  private final IstiodSpec spec;

  ValidationProbe(ApiServer server, String namespace, IstiodSpec spec) {
    this.server = server;
    this.namespace = namespace;
    this.spec = spec;
  }

  void await(String tried, Duration limit) {
    Poll.Outcome<Boolean> outcome = Poll.until(tried, limit, this::denied);
    if (outcome.value() == null) {
      throw new PilothouseException(
          tried,
          "istiod is ready, but its validation webhook is not in force: " + outcome.seenLast(),
          "see that the API server reaches port 15017 of the pods, or switch it off with"
              + " IstiodSpec.withValidation(false)",
          null,
          outcome.lastFailure());
    }
  }

  /** Asks for something that istiod always refuses, without meaning it. */
  private Optional<Boolean> denied() throws NotYet {
    Answer answer =
        server.call(
            "POST",
            "/apis/networking.istio.io/v1/namespaces/" + namespace + "/gateways?dryRun=All",
            ApiServer.JSON,
            Serialization.asJson(WebhookManifest.probe(spec)));
    if (answer.words().contains("denied the request")) {
      return Optional.of(true);
    }
    throw new NotYet(
        answer.ok() ? "the API server takes what istiod always refuses" : answer.words());
  }
}
