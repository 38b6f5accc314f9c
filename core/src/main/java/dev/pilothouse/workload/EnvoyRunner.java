package dev.pilothouse.workload;

import dev.pilothouse.toolbox.ManagedProcess;
import java.nio.file.Path;

/** Starts the Envoy of a workload, and whatever else it needs. */
interface EnvoyRunner {
  /**
   * Starts it and does not wait.
   *
   * @param node the workload
   * @param adminPort the port of its admin interface
   * @param folder its working directory, relative to the run directory; its files go there
   * @return the process; when it ends, so does the Envoy
   */
  ManagedProcess start(Node node, int adminPort, Path folder);
}
