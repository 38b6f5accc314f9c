package dev.pilothouse.integration;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.kind.KindCluster;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A container in a dockerd of the test's own that has of a kind node what deliveries need, its
 * containerd, and is registered with an API server as a node.
 */
final class SmallNode {
  private static final List<String> PROGRAMS =
      List.of("/usr/bin/containerd", "/usr/bin/ctr", "/usr/local/bin/crictl");

  private final OwnDockerd docker;
  private final String name;
  private String pid;

  private SmallNode(OwnDockerd docker, String name) {
    this.docker = docker;
    this.name = name;
  }

  /**
   * Starts it.
   *
   * @param like where its programs come from
   */
  static SmallNode start(
      OwnDockerd docker, Cluster cluster, String name, KindCluster like, Path folder)
      throws IOException {
    String image = DockerFixture.BASE;
    Path archive = folder.resolve("base.tar");
    DockerFixture.output("save", "-o", archive.toString(), image);
    docker.docker("load", "-i", archive.toString());
    Files.delete(archive);
    docker.docker(
        "create",
        "--name=" + name,
        "--label=io.x-k8s.kind.cluster=small",
        "--cap-add=SYS_ADMIN",
        "--security-opt=seccomp=unconfined",
        "--security-opt=apparmor=unconfined",
        "--volume=/var/lib/containerd",
        image,
        "containerd");
    String from = like.nodes().get(0).containerId();
    Path programs = Files.createDirectories(folder.resolve("programs"));
    for (String program : PROGRAMS) {
      DockerFixture.output("cp", from + ":" + program, programs.toString());
    }
    docker.docker("cp", programs + "/.", name + ":/usr/local/bin");
    SmallNode node = new SmallNode(docker, name);
    node.startAgain();
    String address =
        docker.docker("inspect", "-f", "{{.NetworkSettings.Networks.bridge.IPAddress}}", name);
    register(cluster, name, address);
    return node;
  }

  /** After its dockerd was started again. */
  void startAgain() {
    docker.docker("start", name);
    pid = docker.docker("inspect", "-f", "{{.State.Pid}}", name);
    String ready = "until ctr version >/dev/null 2>&1; do :; done";
    docker.docker("exec", name, "timeout", "60", "sh", "-c", ready);
  }

  /** What lies in one of its folders, without asking Docker. */
  List<String> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc", pid, "root" + folder))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  String run(String... command) {
    String[] all = new String[command.length + 2];
    all[0] = "exec";
    all[1] = name;
    System.arraycopy(command, 0, all, 2, command.length);
    return docker.docker(all);
  }

  private static void register(Cluster cluster, String name, String address) {
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withNewStatus()
            .addNewAddress(address, "InternalIP")
            .withNewNodeInfo()
            .withArchitecture(System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64")
            .endNodeInfo()
            .endStatus()
            .build();
    cluster.client().resource(node).create();
    cluster.client().resource(node).updateStatus();
  }
}
