package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registration of one istiod's validation webhook, by URL, under a name of its own.
 *
 * <p>istiod would patch the certificate into each registration that carries its revision's label,
 * an in-cluster istiod's too, so that is switched off ({@link Launch}) and done here. The
 * certificate that istiod presents is pinned, whoever has signed it.
 */
final class ValidationWebhook {
  private static final Logger LOG = LoggerFactory.getLogger(ValidationWebhook.class);

  /** How long the API server may take to follow; it does in milliseconds when it can at all. */
  private static final Duration TO_BE_IN_FORCE = Duration.ofSeconds(15);

  private final KubernetesClient client;
  private final IstiodSpec spec;
  private final int port;
  private final Surroundings surroundings;

  /**
   * Registers nothing yet.
   *
   * @param client does not repeat what fails
   */
  ValidationWebhook(KubernetesClient client, IstiodSpec spec, int port, Surroundings surroundings) {
    this.client = client;
    this.spec = spec;
    this.port = port;
    this.surroundings = surroundings;
  }

  /**
   * Takes away what istiods of this machine left that are gone, and makes sure that no other one
   * has our name.
   */
  void claimName() {
    for (GenericKubernetesResource other :
        registrations().withLabels(WebhookManifest.OUR_LABELS).list().getItems()) {
      if (WebhookManifest.isOrphan(other)) {
        LOG.info("Taking away {}, whose istiod is gone", other.getMetadata().getName());
        registrations().resource(other).delete();
      } else if (other.getMetadata().getName().equals(WebhookManifest.registrationName(spec))) {
        throw new PilothouseException(
            "deploying istiod " + spec.name(),
            "an istiod of that name runs beside this cluster already: "
                + WebhookManifest.whereabouts(other),
            "give this one another name: IstiodSpec.withName",
            null,
            null);
      }
    }
  }

  /**
   * Registers the webhook and returns when the API server asks it.
   *
   * @param certificate what istiod presents, in PEM
   * @param limit how long at most
   * @param exited whether istiod is gone
   */
  void putInForce(String certificate, Duration limit, BooleanSupplier exited) {
    Duration patience = limit.compareTo(TO_BE_IN_FORCE) < 0 ? limit : TO_BE_IN_FORCE;
    WebhookManifest manifest = new WebhookManifest(spec, port, certificate);
    if (!surroundings.owned()) {
      // An unreachable webhook blocks every change it is asked about. So that it blocks nobody
      // else's, it is first asked about our probe alone.
      apply(manifest.registration(List.of(WebhookManifest.Role.PROBE)));
      awaitDenial(WebhookManifest.Role.PROBE, patience, exited);
    }
    List<WebhookManifest.Role> roles = new ArrayList<>(List.of(WebhookManifest.Role.REVISION));
    if (surroundings.revisions().isEmpty()) {
      roles.add(WebhookManifest.Role.UNLABELLED);
    }
    apply(manifest.registration(roles));
    awaitDenial(WebhookManifest.Role.REVISION, patience, exited);
  }

  /** Takes the registration back. Does nothing when it or the API server is gone. */
  void remove() {
    String name = WebhookManifest.registrationName(spec);
    try {
      registrations().withName(name).delete();
    } catch (KubernetesClientException e) {
      if (e.getCode() > 0) { // It has answered.
        throw new PilothouseException(
            "taking back the validation webhook " + name,
            String.valueOf(e.getMessage()),
            "delete this ValidatingWebhookConfiguration: it makes the API server refuse all Istio"
                + " resources",
            null,
            e);
      }
      LOG.debug("The API server is gone, and with it {}", name, e);
      return;
    }
    Poll.Outcome<Boolean> outcome =
        Poll.until("taking back the validation webhook " + name, TO_BE_IN_FORCE, this::askedNoMore);
    if (outcome.value() == null) {
      LOG.warn("The API server still asks {}: {}", name, outcome.seenLast());
    }
  }

  private void apply(GenericKubernetesResource registration) {
    try {
      registrations()
          .resource(registration)
          .fieldManager("pilothouse")
          .forceConflicts()
          .serverSideApply();
    } catch (KubernetesClientException e) {
      throw new PilothouseException(
          "registering the validation webhook of istiod " + spec.name(),
          String.valueOf(e.getMessage()),
          "if the cluster's user may not do that, switch it off: IstiodSpec.withValidation(false)",
          null,
          e);
    }
  }

  private void awaitDenial(WebhookManifest.Role role, Duration limit, BooleanSupplier exited) {
    String tried = "putting the validation webhook of istiod " + spec.name() + " in force";
    Poll.Outcome<Boolean> outcome = Poll.until(tried, limit, exited, () -> denied(role));
    if (outcome.value() == null) {
      throw new PilothouseException(
          tried,
          outcome.hopeless() ? "istiod has exited" : outcome.seenLast(),
          "an API server that does not run on this machine cannot reach it: switch it off with"
              + " IstiodSpec.withValidation(false)",
          null,
          outcome.lastFailure());
    }
  }

  /** Until the API server has heard that it is gone, it refuses what it cannot ask about. */
  private Optional<Boolean> askedNoMore() throws Poll.NotYet {
    try {
      probe();
    } catch (KubernetesClientException e) {
      String words = String.valueOf(e.getMessage());
      if (words.contains('"' + WebhookManifest.Role.REVISION.webhookName(spec) + '"')) {
        throw new Poll.NotYet(words);
      }
      LOG.debug("The probe is refused by somebody else", e);
    }
    return Optional.of(true);
  }

  /** Asks for something that istiod always refuses, without meaning it. */
  private void probe() {
    client
        .genericKubernetesResources(WebhookManifest.GATEWAYS)
        .inNamespace(spec.namespace())
        .resource(WebhookManifest.probe(spec))
        .dryRun()
        .create();
  }

  private Optional<Boolean> denied(WebhookManifest.Role role) throws Poll.NotYet {
    try {
      probe();
    } catch (KubernetesClientException e) {
      String words = String.valueOf(e.getMessage());
      if (words.contains('"' + role.webhookName(spec) + "\" denied the request")) {
        return Optional.of(true);
      }
      throw new Poll.NotYet(words);
    }
    throw new Poll.NotYet("the API server takes a resource that istiod always refuses");
  }

  private NonNamespaceOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      registrations() {
    return client.genericKubernetesResources(WebhookManifest.REGISTRATIONS);
  }
}
