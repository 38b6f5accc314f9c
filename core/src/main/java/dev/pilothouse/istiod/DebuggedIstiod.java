package dev.pilothouse.istiod;

/**
 * An istiod in a cluster whose Deployment is patched to run it under Delve, until this is closed.
 *
 * <pre>{@code
 * try (DebuggedIstiod debugged = istiod.debug(patch.withLocalPort(40_000));
 *     DelveSession debug = DelveAttacher.create(toolbox).attach(debugged)) {
 *   debug.ide().writeGoLand(project, "istiod");
 * }
 * }</pre>
 *
 * <p>{@link InClusterIstiod#replaceWith} delivers by the patch's delivery meanwhile. So a {@code
 * DevLoop} that is made now compiles debug builds and goes on under Delve; after a cycle {@code
 * DelveSession.reconnect} sets the breakpoints again:
 *
 * <pre>{@code
 * DevLoop loop = DevLoop.of(DevLoopSpec.of(toolbox, source, istiod));
 * loop.cycle();                              // after an edit
 * debug.reconnect(Duration.ofSeconds(20));   // the same breakpoints in the new istiod
 * }</pre>
 *
 * <p>An istiod that has ended is begun anew by {@link InClusterIstiod#restart}.
 *
 * <p>Safe for use by several threads.
 */
public interface DebuggedIstiod extends DebuggedPod {
  /**
   * What was done to put it under Delve.
   *
   * @return {@code deliver}, {@code rollout}, {@code prove} and {@code delve}, and how long each
   *     took
   */
  Replacement steps();
}
