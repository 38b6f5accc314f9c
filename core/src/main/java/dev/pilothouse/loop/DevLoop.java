package dev.pilothouse.loop;

import dev.pilothouse.source.SourceEdit;
import java.util.List;
import java.util.function.Consumer;

/**
 * The loop of working on istiod. Each cycle takes the source as it is now, compiles it, replaces
 * the running istiod (however that was deployed: a local process, an image, a hot swap), waits
 * until every proxy that was connected has acknowledged the new istiod's configuration, and
 * verifies.
 *
 * <pre>{@code
 * DevLoop loop = DevLoop.of(DevLoopSpec.of(toolbox, source, istiod));
 * System.out.println(loop.cycle().table());
 * try (Watch watch = loop.watch(report -> System.out.println(report.table()))) {
 *   System.in.read(); // edit and save; each save runs a cycle
 * }
 * }</pre>
 *
 * <p>A cycle that fails leaves the last good istiod running: a source that does not compile changes
 * nothing, and when the new istiod does not become ready, is rejected by a proxy or fails a
 * verification, the one before it is deployed again.
 *
 * <p>Safe for use by several threads: cycles run one at a time.
 */
public interface DevLoop {
  /**
   * A loop round a running istiod. The istiod that runs now counts as the first good one.
   *
   * @param spec what to go round
   * @return the loop; it holds nothing that needs closing
   */
  static DevLoop of(DevLoopSpec spec) {
    return new SequentialLoop(spec);
  }

  /**
   * Runs a cycle with the tree as it is.
   *
   * @return how it went: {@code VERIFIED} or {@code UNCHANGED}
   * @throws CycleFailedException if a step failed; it has the report
   */
  default CycleReport cycle() {
    return cycle(List.of());
  }

  /**
   * Runs a cycle with edits that are compiled in by an overlay; the tree is not written to.
   *
   * @param edits what to change; all of it, not only what is new since the last cycle
   * @return how it went: {@code VERIFIED} or {@code UNCHANGED}
   * @throws CycleFailedException if a step failed; it has the report
   */
  CycleReport cycle(List<SourceEdit> edits);

  /**
   * Runs a cycle now and after each save below the tree's root, until it is closed. Saves that come
   * together (within a tenth of a second) make one cycle; a cycle that a newer save has overtaken
   * is given up, but never in the middle of a deployment.
   *
   * @param reports is told of every cycle, {@code FAILED} and {@code OVERTAKEN} ones too, one at a
   *     time, on the watch's thread; what it throws is logged
   * @return the watch; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException if the tree cannot be watched (as when the
   *     system's limit of inotify watches is reached)
   */
  Watch watch(Consumer<CycleReport> reports);
}
