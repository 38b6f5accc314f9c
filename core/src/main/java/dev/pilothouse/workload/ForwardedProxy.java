package dev.pilothouse.workload;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.PodTarget;
import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.envoy.AdminConfigSource;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import dev.pilothouse.istiod.Istiod;
import java.net.URI;
import java.util.List;

/** A proxy in a pod, whose admin port is reached by a port-forward. */
final class ForwardedProxy implements PodProxy {
  private static final int ADMIN_PORT = 15_000;

  private final Cluster cluster;
  private final PodTarget target;
  private final PortForward admin;

  ForwardedProxy(Cluster cluster, PodTarget target) {
    this.cluster = cluster;
    this.target = target;
    this.admin = PortForward.open(cluster, target, ADMIN_PORT);
  }

  /** The pod that it is in now; a pod that was named itself is not asked for. */
  String pod() {
    return target instanceof PodTarget.Pod named ? named.name() : admin.pod();
  }

  PodTarget target() {
    return target;
  }

  @Override
  public String id() {
    return pod() + "." + target.namespace();
  }

  @Override
  public URI admin() {
    return admin.http();
  }

  @Override
  public AdminConfigSource config() {
    return ConfigSource.admin(admin.http());
  }

  @Override
  public ConfigSource byExec() {
    return new ExecSource(new PodExec(cluster.client()), target.namespace(), this::pod);
  }

  @Override
  public ConfigSource byIstiod(Istiod istiod) {
    return ConfigSource.istiod(istiod.monitoring(), id());
  }

  @Override
  public List<String> logTail(int lines) {
    String path =
        "/api/v1/namespaces/%s/pods/%s/log?container=%s&tailLines=%d"
            .formatted(target.namespace(), pod(), PodView.PROXY, lines);
    Answer answer = new ApiServer(cluster.client()).call("GET", path, ApiServer.JSON, null);
    ApiServer.succeeded("reading the log of the proxy of " + target, answer);
    return answer.text().lines().toList();
  }

  @Override
  public void close() {
    admin.close();
  }

  @Override
  public String toString() {
    return "Proxy[of " + target + ", admin " + admin() + "]";
  }
}
