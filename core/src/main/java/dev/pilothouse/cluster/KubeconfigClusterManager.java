package dev.pilothouse.cluster;

import dev.pilothouse.cluster.KubeconfigException.Problem;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.ToolboxException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Opens clusters that others have made. Safe for use by several threads. */
final class KubeconfigClusterManager implements ClusterManager<KubeconfigSpec, Cluster> {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

  private final List<Path> files;

  KubeconfigClusterManager(List<Path> files) {
    this.files = List.copyOf(files);
  }

  @Override
  public Cluster open(KubeconfigSpec spec) {
    Kubeconfig kubeconfig = Kubeconfig.read(files);
    String context = kubeconfig.context(spec);
    String content = kubeconfig.only(context);
    String tried = "opening the cluster of context " + context;
    try {
      RunDirectory run = RunDirectory.open("kubeconfig");
      return LocalClusterManager.orUndo(
          run::delete,
          () -> {
            Path file = run.write("kubeconfig", content);
            Config config = KubernetesClients.config(file);
            requireHttpProxy(tried, config);
            KubernetesClient client = KubernetesClients.forAnyServer(config);
            return LocalClusterManager.orUndo(
                client::close,
                () -> {
                  check(tried, new ApiServer(client));
                  return new KubeconfigCluster(context, run, file, client);
                });
          });
    } catch (KubernetesClientException e) {
      // Such as a certificate that cannot be read.
      String words = String.valueOf(e.getMessage());
      throw new KubeconfigException(Problem.INVALID, tried, words, "correct the kubeconfig", e);
    } catch (ToolboxException e) {
      throw new PilothouseException(tried, e.summary(), "", null, e);
    }
  }

  /** The JDK's HTTP client knows no other. */
  private static void requireHttpProxy(String tried, Config config) {
    String proxy = String.valueOf(config.getHttpsProxy());
    if (proxy.toLowerCase(Locale.ROOT).startsWith("socks")) {
      throw new KubeconfigException(
          Problem.INVALID,
          tried,
          "its proxy-url "
              + proxy.replaceFirst("//[^/]*@", "//")
              + " names a SOCKS proxy, and only HTTP proxies are supported",
          "name an HTTP proxy, or reach the server some other way (ssh -L instead of ssh -D)",
          null);
    }
  }

  /** Whoever has any rights at all may read this, and nobody else. */
  private static void check(String tried, ApiServer server) {
    Answer answer;
    try {
      answer = server.call("GET", "/api", ApiServer.JSON, null);
    } catch (PilothouseException e) {
      String words = String.valueOf(e.getMessage());
      String toDo =
          "see whether the cluster runs and the kubeconfig names the right server; a proxy on the way"
              + " has to be in the kubeconfig (proxy-url), that of the environment is not used";
      throw new KubeconfigException(Problem.UNREACHABLE, tried, words, toDo, e);
    }
    if (answer.code() == UNAUTHORIZED || answer.code() == FORBIDDEN) {
      throw new KubeconfigException(
          Problem.UNAUTHORIZED,
          tried,
          server.url() + " does not accept the credentials: " + answer.words(),
          "renew the credentials of the kubeconfig's user; a plugin that makes them may have failed",
          null);
    }
    if (answer.code() == PROXY_AUTHENTICATION_REQUIRED) {
      throw new KubeconfigException(
          Problem.UNAUTHORIZED,
          tried,
          "the proxy wants to know who we are: " + answer.words(),
          "write user and password into its URL (proxy-url), and start the JVM with"
              + " -Djdk.http.auth.tunneling.disabledSchemes= (empty): else the JDK keeps them back",
          null);
    }
    if (!answer.ok()) {
      String words = server.url() + " is no working API server: " + answer.words();
      throw new KubeconfigException(Problem.UNREACHABLE, tried, words, "", null);
    }
  }

  @Override
  public Optional<Cluster> find(String name) {
    return list().contains(name)
        ? Optional.of(open(KubeconfigSpec.context(name)))
        : Optional.empty();
  }

  @Override
  public List<String> list() {
    return Kubeconfig.read(files).contexts();
  }
}
