package dev.pilothouse.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.nio.file.Path;
import java.time.Duration;

/** Makes fabric8 clients. */
final class KubernetesClients {
  /** 0.1 + 0.2 + 0.4 s in all. The default of ten lets a dead server block a call for minutes. */
  private static final int RETRIES = 3;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private KubernetesClients() {}

  /** A client for a server of our own. */
  static KubernetesClient forOwnServer(Config config, HttpClient.Factory http) {
    return client(config, http);
  }

  /**
   * A client for any server. It speaks HTTP/1.1: to a request without good credentials over HTTP/2
   * an API server answers and closes the connection, and of that the JDK sees only the latter.
   */
  static KubernetesClient forAnyServer(Config config) {
    config.setHttp2Disable(true);
    return client(config, new JdkHttpClientFactory());
  }

  /** The kubeconfig's current context; the environment and the JVM's properties have no say. */
  static Config config(Path kubeconfig) {
    Config config = Config.fromKubeconfig(kubeconfig.toFile());
    if (config.getHttpsProxy() == null) {
      config.setHttpsProxy(config.getHttpProxy()); // It takes that for proxies of plain servers.
    }
    return config;
  }

  private static KubernetesClient client(Config config, HttpClient.Factory http) {
    config.setRequestRetryBackoffLimit(RETRIES);
    config.setConnectionTimeout((int) CONNECT_TIMEOUT.toMillis());
    return new KubernetesClientBuilder().withConfig(config).withHttpClientFactory(http).build();
  }
}
