package dev.pilothouse.toolbox;

import java.nio.file.Path;

/**
 * Everything that one run leaves on the machine: a private folder, processes and ports. They end
 * when this is closed or the JVM exits; if the JVM was killed, the next {@link #open} anywhere on
 * the machine ends what it left, and only that.
 *
 * <p>How a leftover is known: every process is started with an environment variable that names its
 * run directory (children inherit it), and a live owner holds a lock on a file in the folder. A
 * folder whose lock is free has no owner: its processes are found by the variable, killed, its
 * ports released, and the folder deleted.
 *
 * <p>Safe for use by several threads.
 */
public interface RunDirectory extends AutoCloseable {
  /**
   * Makes a run directory under the default root: {@code PILOTHOUSE_RUN_ROOT}, else {@code
   * pilothouse-<user>} in the temporary folder (short, because unix sockets lie in it).
   *
   * @param name what it is for; appears in the folder's name
   * @return a new run directory, owned by the caller
   * @throws ToolboxException if the folder cannot be made, with the reason
   */
  static RunDirectory open(String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes a run directory under another root.
   *
   * @param root the folder that holds run directories; made if missing
   * @param name what it is for
   * @return a new run directory, owned by the caller
   */
  static RunDirectory open(Path root, String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * The folder, readable by its owner alone.
   *
   * @return an absolute path
   */
  Path path();

  /**
   * Writes a file (mode 0600) below {@link #path()}, making its folders.
   *
   * @param relative where
   * @param content what
   * @return the file's absolute path
   * @throws ToolboxException if it cannot be written, naming the file and the reason (a full disk,
   *     for one)
   */
  Path write(String relative, String content);

  /**
   * Reserves a TCP port that is free on loopback and that no other run directory on this machine
   * was given, from outside the ephemeral range, so that no outgoing connection takes it either.
   *
   * @return the port, this run directory's until it is closed
   */
  int reservePort();

  /**
   * Starts a process; its output goes to {@code <name>.log} in the folder.
   *
   * @param spec what to run
   * @return the running process
   * @throws ToolboxException if it cannot be started
   */
  ManagedProcess start(ProcessSpec spec);

  /** Ends all processes in reverse order of their start, releases the ports, deletes the folder. */
  @Override
  void close();
}
