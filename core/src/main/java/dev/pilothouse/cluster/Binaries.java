package dev.pilothouse.cluster;

import static java.util.Objects.requireNonNull;

import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import java.util.Map;
import java.util.Set;

/** The programs that make a local cluster. */
record Binaries(ToolBinary etcd, ToolBinary apiServer) {
  static Binaries of(Toolbox toolbox) {
    Map<Tool, ToolBinary> found = toolbox.require(Set.of(Tool.ETCD, Tool.KUBE_APISERVER));
    return new Binaries(
        requireNonNull(found.get(Tool.ETCD)), requireNonNull(found.get(Tool.KUBE_APISERVER)));
  }
}
