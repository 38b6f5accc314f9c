package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
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

  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String PILOTHOUSE = "pilothouse";
  private static final String HOST = "pilothouse.dev/host";
  private static final String PROBE = "pilothouse.dev/webhook-probe";
  private static final String REVISION = "istio.io/rev";

  /** How long the API server may take to follow; it does in milliseconds when it can at all. */
  private static final Duration TO_BE_IN_FORCE = Duration.ofSeconds(15);

  private static final int CONNECT_MILLIS = 500;

  private final KubernetesClient client;
  private final IstiodSpec spec;
  private final String namespace;
  private final int port;
  private final Surroundings surroundings;

  /**
   * Registers nothing yet.
   *
   * @param client does not repeat what fails
   */
  ValidationWebhook(
      KubernetesClient client,
      IstiodSpec spec,
      String namespace,
      int port,
      Surroundings surroundings) {
    this.client = client;
    this.spec = spec;
    this.namespace = namespace;
    this.port = port;
    this.surroundings = surroundings;
  }

  /**
   * Takes away what istiods of this machine left that are gone, and makes sure that no other one
   * has our name.
   */
  void claimName() {
    String host = hostName();
    for (ValidatingWebhookConfiguration other :
        client
            .admissionRegistration()
            .v1()
            .validatingWebhookConfigurations()
            .withLabel(MANAGED_BY, PILOTHOUSE)
            .list()
            .getItems()) {
      boolean ours = host.equals(other.getMetadata().getAnnotations().get(HOST));
      boolean gone = ours && !serves(other);
      if (gone) {
        LOG.info("Taking away {}, whose istiod is gone", other.getMetadata().getName());
        client.resource(other).delete();
      } else if (other.getMetadata().getName().equals(configurationName())) {
        throw new PilothouseException(
            "deploying istiod " + spec.name(),
            "an istiod of that name runs beside this cluster already: "
                + other.getWebhooks().get(0).getClientConfig().getUrl()
                + " on "
                + other.getMetadata().getAnnotations().get(HOST),
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
    if (!surroundings.owned()) {
      // An unreachable webhook blocks every change it is asked about. So that it blocks nobody
      // else's, it is first asked about our probe alone.
      apply(List.of(webhook("probe", probeOnly(), certificate)));
      awaitDenial("probe", patience, exited);
    }
    List<ValidatingWebhook> webhooks = new ArrayList<>();
    webhooks.add(webhook("revision", ofRevision(), certificate));
    if (surroundings.revisions().isEmpty()) {
      webhooks.add(webhook("default", ofNoRevision(), certificate));
    }
    apply(webhooks);
    awaitDenial("revision", patience, exited);
  }

  /** Takes the registration back. Does nothing when it or the API server is gone. */
  void remove() {
    try {
      client
          .admissionRegistration()
          .v1()
          .validatingWebhookConfigurations()
          .withName(configurationName())
          .delete();
    } catch (KubernetesClientException e) {
      if (e.getCode() != 0) {
        throw new PilothouseException(
            "taking back the validation webhook " + configurationName(),
            String.valueOf(e.getMessage()),
            "delete this ValidatingWebhookConfiguration: it makes the API server refuse all Istio"
                + " resources",
            null,
            e);
      }
      LOG.debug("The API server is gone, and with it {}", configurationName(), e);
    }
  }

  private void apply(List<ValidatingWebhook> webhooks) {
    ValidatingWebhookConfiguration configuration =
        new ValidatingWebhookConfigurationBuilder()
            .withNewMetadata()
            .withName(configurationName())
            .addToLabels(MANAGED_BY, PILOTHOUSE)
            .addToAnnotations(HOST, hostName())
            .endMetadata()
            .withWebhooks(webhooks)
            .build();
    try {
      client.resource(configuration).fieldManager(PILOTHOUSE).forceConflicts().serverSideApply();
    } catch (KubernetesClientException e) {
      throw new PilothouseException(
          "registering the validation webhook of istiod " + spec.name(),
          String.valueOf(e.getMessage()),
          "if the cluster's user may not do that, switch it off: IstiodSpec.withValidation(false)",
          null,
          e);
    }
  }

  private ValidatingWebhook webhook(String role, LabelSelector objects, String certificate) {
    return new ValidatingWebhookBuilder()
        .withName(webhookName(role))
        .withNewClientConfig()
        .withUrl("https://localhost:" + port + "/validate")
        .withCaBundle(
            Base64.getEncoder().encodeToString(certificate.getBytes(StandardCharsets.US_ASCII)))
        .endClientConfig()
        .addNewRule()
        .withOperations("CREATE", "UPDATE")
        .withApiGroups(
            "security.istio.io", "networking.istio.io", "telemetry.istio.io", "extensions.istio.io")
        .withApiVersions("*")
        .withResources("*")
        .endRule()
        .withObjectSelector(objects)
        .withFailurePolicy("Fail")
        .withSideEffects("None")
        .withAdmissionReviewVersions("v1")
        .build();
  }

  private void awaitDenial(String role, Duration limit, BooleanSupplier exited) {
    String tried = "putting the validation webhook of istiod " + spec.name() + " in force";
    Poll.Outcome<Boolean> outcome = Poll.until(tried, () -> denied(role), exited, limit);
    if (outcome.value() == null) {
      throw new PilothouseException(
          tried,
          outcome.exited() ? "istiod has exited" : outcome.seenLast(),
          "an API server that does not run on this machine cannot reach it: switch it off with"
              + " IstiodSpec.withValidation(false)",
          null,
          outcome.lastFailure());
    }
  }

  /** Asks for something that istiod always refuses, without meaning it. */
  private Optional<Boolean> denied(String role) throws Poll.Seen {
    GenericKubernetesResource gateway = new GenericKubernetesResource();
    gateway.setApiVersion("networking.istio.io/v1");
    gateway.setKind("Gateway");
    gateway.setMetadata(
        new ObjectMetaBuilder()
            .withName(configurationName() + "-probe")
            .withNamespace(namespace)
            .addToLabels(REVISION, spec.revision())
            .addToLabels(PROBE, spec.name())
            .addToAnnotations("internal.istio.io/webhook-always-reject", "true")
            .build());
    gateway.setAdditionalProperty("spec", Map.of());
    try {
      client.resource(gateway).dryRun().create();
    } catch (KubernetesClientException e) {
      String words = String.valueOf(e.getMessage());
      if (words.contains('"' + webhookName(role) + "\" denied the request")) {
        return Optional.of(true);
      }
      throw new Poll.Seen(words);
    }
    throw new Poll.Seen("the API server takes a resource that istiod always refuses");
  }

  private LabelSelector probeOnly() {
    return new LabelSelectorBuilder().addToMatchLabels(PROBE, spec.name()).build();
  }

  private LabelSelector ofRevision() {
    return new LabelSelectorBuilder().addToMatchLabels(REVISION, spec.revision()).build();
  }

  private static LabelSelector ofNoRevision() {
    return new LabelSelectorBuilder()
        .addNewMatchExpression()
        .withKey(REVISION)
        .withOperator("DoesNotExist")
        .endMatchExpression()
        .build();
  }

  private String configurationName() {
    return PILOTHOUSE + "-" + spec.name();
  }

  private String webhookName(String role) {
    return role + "." + spec.name() + ".pilothouse.dev";
  }

  private static boolean serves(ValidatingWebhookConfiguration configuration) {
    int port = URI.create(configuration.getWebhooks().get(0).getClientConfig().getUrl()).getPort();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
