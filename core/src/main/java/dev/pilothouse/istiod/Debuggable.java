package dev.pilothouse.istiod;

/**
 * An istiod that a debugger can reach, as those that {@link IstiodDeployer#beside} deploys, and a
 * {@link DebuggedPod}. What {@code DelveAttacher} attaches to.
 */
public interface Debuggable {
  /**
   * Where a debugger reaches it.
   *
   * @return the Delve that runs it ({@link IstiodSpec#withDelve}, {@link InClusterIstiod#debug}),
   *     the same after a restart; else its process
   */
  DebugEndpoint debug();
}
