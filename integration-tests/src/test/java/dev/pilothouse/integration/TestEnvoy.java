package dev.pilothouse.integration;

import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A bare Envoy that connects to an istiod and carries no traffic: for tests of istiod alone. */
final class TestEnvoy implements AutoCloseable {
  private final RunDirectory directory;

  private TestEnvoy(RunDirectory directory) {
    this.directory = directory;
  }

  /**
   * Starts one and does not wait.
   *
   * @param type {@code sidecar} or {@code router}
   * @param id {@code pod.namespace}
   */
  static TestEnvoy start(Path envoy, Istiod istiod, String type, String id) {
    return start(envoy, istiod, type, id, "NONE");
  }

  /** The same with an interception mode: {@code NONE}, or Istio's default {@code REDIRECT}. */
  static TestEnvoy start(Path envoy, Istiod istiod, String type, String id, String interception) {
    String pod = id.substring(0, id.lastIndexOf('.'));
    String namespace = id.substring(id.lastIndexOf('.') + 1);
    RunDirectory directory = RunDirectory.open("envoy-" + pod);
    Path bootstrap =
        directory.write(
            "bootstrap.yaml",
            """
            node:
              id: %s~127.43.0.1~%s.%s~%s.svc.cluster.local
              cluster: %s
              metadata:
                NAMESPACE: %s
                NAME: %s
                CLUSTER_ID: Kubernetes
                ISTIO_VERSION: 1.31.0
                INSTANCE_IPS: 127.43.0.1
                INTERCEPTION_MODE: %s
                UNPRIVILEGED_POD: "true"
            dynamic_resources:
              cds_config: {ads: {}, resource_api_version: V3}
              lds_config: {ads: {}, resource_api_version: V3}
              ads_config:
                api_type: DELTA_GRPC
                transport_api_version: V3
                set_node_on_first_message_only: true
                grpc_services:
                - envoy_grpc:
                    cluster_name: xds-grpc
                    retry_policy: {retry_back_off: {base_interval: 0.05s, max_interval: 0.2s}}
            static_resources:
              clusters:
              - name: xds-grpc
                type: STATIC
                connect_timeout: 1s
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config: {http2_protocol_options: {}}
                load_assignment:
                  cluster_name: xds-grpc
                  endpoints:
                  - lb_endpoints:
                    - endpoint:
                        address: {socket_address: {address: 127.0.0.1, port_value: %d}}
            """
                .formatted(
                    type,
                    pod,
                    namespace,
                    namespace,
                    id,
                    namespace,
                    pod,
                    interception,
                    istiod.xdsPort()));
    directory.start(
        new ProcessSpec(
            "envoy",
            List.of(
                envoy.toString(),
                "-c",
                bootstrap.toString(),
                "--disable-hot-restart",
                "--concurrency",
                "1"),
            Map.of(),
            directory.path(),
            Duration.ZERO));
    return new TestEnvoy(directory);
  }

  @Override
  public void close() {
    directory.close();
  }
}
