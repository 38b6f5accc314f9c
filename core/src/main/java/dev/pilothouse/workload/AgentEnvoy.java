package dev.pilothouse.workload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.workload.WorkloadSpec.Role;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An Envoy under pilot-agent, which gets certificates from istiod for it and passes xDS on over
 * mutual TLS.
 *
 * <p>The agent has its paths relative to its working directory, which is the workload's folder. It
 * is given a bootstrap of ours: the one that it would make itself listens on all addresses.
 */
record AgentEnvoy(RunDirectory run, Path agent, Path envoy, Istiod istiod, KubernetesClient client)
    implements EnvoyRunner {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROOT_CERTIFICATE = "istio-ca-root-cert";

  /** With it the agent renews its certificates, each valid for a day; nothing renews the token. */
  private static final Duration TOKEN_LIFETIME = Duration.ofDays(7);

  private static final Duration ROOT_CERTIFICATE_DEADLINE = Duration.ofSeconds(20);

  @Override
  public ManagedProcess start(Node node, int adminPort, Path folder) {
    WorkloadSpec spec = node.spec();
    run.write(folder + "/var/run/secrets/tokens/istio-token", token(spec));
    run.write(folder + "/var/run/secrets/istio/root-cert.pem", rootCertificate());
    // Without it the agent serves its state on a port of all addresses.
    run.write(folder + "/etc/istio/pod/annotations", "status.sidecar.istio.io/port=\"0\"\n");
    List<Map<String, Object>> servers =
        List.of(
            EnvoyBootstrap.server(EnvoyBootstrap.XDS, EnvoyBootstrap.pipe("./etc/istio/proxy/XDS")),
            EnvoyBootstrap.server(
                EnvoyBootstrap.SDS,
                EnvoyBootstrap.pipe("./var/run/secrets/workload-spiffe-uds/socket")));
    EnvoyBootstrap bootstrap = EnvoyBootstrap.of(node, istiod, adminPort, servers);
    Path file = run.write(folder + "/envoy.json", bootstrap.json());
    List<String> command =
        List.of(
            agent.toString(),
            "proxy",
            spec.role() == Role.SIDECAR ? "sidecar" : "router",
            "--domain",
            spec.namespace() + ".svc.cluster.local",
            "--proxyLogLevel",
            "warning");
    return run.start(
        new ProcessSpec(
            folder.toString(),
            command,
            environment(node, adminPort, file),
            run.path().resolve(folder),
            Duration.ZERO));
  }

  private Map<String, String> environment(Node node, int adminPort, Path bootstrap) {
    WorkloadSpec spec = node.spec();
    Map<String, Object> proxy = new LinkedHashMap<>();
    proxy.put("binaryPath", envoy.toString());
    proxy.put("customConfigFile", bootstrap.toString());
    proxy.put("discoveryAddress", "localhost:" + istiod.secureXdsPort());
    proxy.put("proxyAdminPort", adminPort);
    proxy.put("controlPlaneAuthPolicy", "MUTUAL_TLS");
    proxy.put("concurrency", 1);
    proxy.put("drainDuration", "1s");
    Map<String, String> environment = new LinkedHashMap<>();
    try {
      environment.put("PROXY_CONFIG", JSON.writeValueAsString(proxy));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can always be written", e);
    }
    environment.put("POD_NAME", spec.name());
    environment.put("POD_NAMESPACE", spec.namespace());
    environment.put("SERVICE_ACCOUNT", spec.name());
    environment.put("INSTANCE_IP", node.site().inboundAddress().getHostAddress());
    environment.put("ISTIO_META_CLUSTER_ID", EnvoyBootstrap.clusterId(istiod));
    // It would ask the network which cloud it is in.
    environment.put("CLOUD_PLATFORM", "none");
    return environment;
  }

  private String token(WorkloadSpec spec) {
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences("istio-ca")
            .withExpirationSeconds(TOKEN_LIFETIME.toSeconds())
            .endSpec()
            .build();
    try {
      return client
          .serviceAccounts()
          .inNamespace(spec.namespace())
          .withName(spec.name())
          .tokenRequest(request)
          .getStatus()
          .getToken();
    } catch (KubernetesClientException e) {
      throw new PilothouseException(
          "getting a token for the service account " + spec.namespace() + "/" + spec.name(),
          String.valueOf(e.getMessage()),
          "use a kubeconfig whose user may create serviceaccounts/token",
          null,
          e);
    }
  }

  /** istiod puts it into every namespace, into its own first. */
  private String rootCertificate() {
    String namespace = istiod.spec().environment().getOrDefault("POD_NAMESPACE", "istio-system");
    return Poll.require(
        "reading istiod's root certificate from ConfigMap " + namespace + "/" + ROOT_CERTIFICATE,
        ROOT_CERTIFICATE_DEADLINE,
        () -> {
          try {
            ConfigMap map =
                client.configMaps().inNamespace(namespace).withName(ROOT_CERTIFICATE).get();
            return map == null
                ? Optional.empty()
                : Optional.ofNullable(map.getData().get("root-cert.pem"));
          } catch (KubernetesClientException e) {
            throw new Poll.NotYet(String.valueOf(e.getMessage()));
          }
        });
  }
}
