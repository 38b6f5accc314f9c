package dev.pilothouse.kind;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first client of a JVM takes a second or more to load. While kind works, this JVM has nothing
 * else to do.
 */
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  private WarmUp() {}

  static void inBackground() {
    Thread thread = new Thread(WarmUp::loadIfPossible, "pilothouse-kind-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  private static void loadIfPossible() {
    try {
      load();
    } catch (RuntimeException e) {
      LOG.debug("No client was loaded beforehand; the first one takes longer", e);
    }
  }

  /** Makes a client and uses it on nobody. */
  static void load() {
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(Config.empty())
            .withHttpClientFactory(new JdkHttpClientFactory())
            .build()) {
      client
          .getKubernetesSerialization()
          .unmarshal("{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\"}", Deployment.class);
      client.apps().deployments();
    }
  }
}
