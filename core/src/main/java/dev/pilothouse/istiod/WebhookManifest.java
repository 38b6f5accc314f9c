package dev.pilothouse.istiod;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The resources behind {@link ValidationWebhook}, untyped: to load fabric8's classes for them would
 * take longer than to use them.
 *
 * @param spec whose webhook it is
 * @param port where it is served
 * @param certificate what is presented there, in PEM
 */
record WebhookManifest(IstiodSpec spec, int port, String certificate) {
  static final ResourceDefinitionContext REGISTRATIONS =
      new ResourceDefinitionContext.Builder()
          .withGroup("admissionregistration.k8s.io")
          .withVersion("v1")
          .withKind("ValidatingWebhookConfiguration")
          .withPlural("validatingwebhookconfigurations")
          .withNamespaced(false)
          .build();

  static final ResourceDefinitionContext GATEWAYS =
      new ResourceDefinitionContext.Builder()
          .withGroup("networking.istio.io")
          .withVersion("v1")
          .withKind("Gateway")
          .withPlural("gateways")
          .withNamespaced(true)
          .build();

  static final Map<String, String> OUR_LABELS =
      Map.of("app.kubernetes.io/managed-by", "pilothouse");

  private static final String HOST = "pilothouse.dev/host";
  private static final int CONNECT_MILLIS = 500;

  /** Which resources a webhook is asked about. */
  enum Role {
    /** Ours alone, to see whether the webhook can be reached. */
    PROBE("matchLabels: {pilothouse.dev/webhook-probe: %s}"),
    /** Those that name the istiod's revision. */
    REVISION("matchLabels: {istio.io/rev: %2$s}"),
    /** Those that name no revision; every istiod serves them. */
    UNLABELLED("matchExpressions: [{key: istio.io/rev, operator: DoesNotExist}]");

    private final String selector;

    Role(String selector) {
      this.selector = selector;
    }

    String webhookName(IstiodSpec spec) {
      return name().toLowerCase(Locale.ROOT) + "." + spec.name() + ".pilothouse.dev";
    }

    private String selector(IstiodSpec spec) {
      return selector.formatted(spec.name(), spec.revision());
    }
  }

  static String registrationName(IstiodSpec spec) {
    return "pilothouse-" + spec.name();
  }

  /** As in Istio's chart, but by URL and with the certificate in it. */
  GenericKubernetesResource registration(List<Role> roles) {
    return parse(
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata:
          name: %s
          labels: {app.kubernetes.io/managed-by: pilothouse}
          annotations: {pilothouse.dev/host: "%s"}
        webhooks:
        %s
        """
            .formatted(
                registrationName(spec),
                hostName(),
                roles.stream().map(this::webhook).collect(Collectors.joining())));
  }

  private String webhook(Role role) {
    byte[] pem = certificate.getBytes(StandardCharsets.US_ASCII);
    return """
        - name: %s
          clientConfig:
            url: https://localhost:%d/validate
            caBundle: %s
          rules:
          - operations: [CREATE, UPDATE]
            apiGroups:
            - security.istio.io
            - networking.istio.io
            - telemetry.istio.io
            - extensions.istio.io
            apiVersions: ["*"]
            resources: ["*"]
          objectSelector: {%s}
          failurePolicy: Fail
          sideEffects: None
          admissionReviewVersions: [v1]
        """
        .formatted(
            role.webhookName(spec),
            port,
            Base64.getEncoder().encodeToString(pem),
            role.selector(spec));
  }

  /** A resource that istiod refuses whatever is in it. */
  static GenericKubernetesResource probe(IstiodSpec spec) {
    return parse(
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata:
          name: %s-probe
          labels: {pilothouse.dev/webhook-probe: %s, istio.io/rev: %s}
          annotations: {internal.istio.io/webhook-always-reject: "true"}
        spec: {}
        """
            .formatted(registrationName(spec), spec.name(), spec.revision()));
  }

  /** Whether the istiod behind a registration ran on this machine and is gone. */
  static boolean isOrphan(GenericKubernetesResource registration) {
    return hostName().equals(host(registration)) && !serves(URI.create(url(registration)));
  }

  static String whereabouts(GenericKubernetesResource registration) {
    return url(registration) + " on " + host(registration);
  }

  private static String host(GenericKubernetesResource registration) {
    return registration.getMetadata().getAnnotations().getOrDefault(HOST, "another machine");
  }

  private static String url(GenericKubernetesResource registration) {
    String url = registration.get("webhooks", 0, "clientConfig", "url");
    return url == null ? "https://localhost:0" : url;
  }

  private static boolean serves(URI url) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort()), CONNECT_MILLIS);
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

  private static GenericKubernetesResource parse(String yaml) {
    return Serialization.unmarshal(yaml, GenericKubernetesResource.class);
  }
}
