package dev.pilothouse;

import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Toolbox;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LocalMesh} consists of.
 *
 * @param toolbox where the binaries are
 * @param cluster its API server; with {@code Lifetime.KEEP} it outlives the mesh, and the next mesh
 *     with a cluster of that name uses it again, as it is
 * @param istiod how its istiod runs
 * @param binary its istiod; null for the toolbox's own pilot-discovery
 */
public record LocalMeshSpec(
    Toolbox toolbox, LocalClusterSpec cluster, IstiodSpec istiod, @Nullable IstiodBinary binary) {

  /**
   * The usual mesh, with the toolbox's own istiod.
   *
   * @param toolbox where the binaries are
   * @return a specification to start from
   */
  public static LocalMeshSpec of(Toolbox toolbox) {
    return new LocalMeshSpec(toolbox, LocalClusterSpec.named("mesh"), IstiodSpec.defaults(), null);
  }

  /**
   * The same with another API server.
   *
   * @param value the cluster
   * @return a new specification
   */
  public LocalMeshSpec withCluster(LocalClusterSpec value) {
    return new LocalMeshSpec(toolbox, value, istiod, binary);
  }

  /**
   * The same with an istiod that runs otherwise.
   *
   * @param value how it runs
   * @return a new specification
   */
  public LocalMeshSpec withIstiod(IstiodSpec value) {
    return new LocalMeshSpec(toolbox, cluster, value, binary);
  }

  /**
   * The same with an istiod of the caller's.
   *
   * @param value a compiled or a stock one
   * @return a new specification
   */
  public LocalMeshSpec withBinary(IstiodBinary value) {
    return new LocalMeshSpec(toolbox, cluster, istiod, value);
  }
}
