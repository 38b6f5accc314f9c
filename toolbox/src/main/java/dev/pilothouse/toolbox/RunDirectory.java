package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything that one run leaves on the machine: a private folder, processes and ports. They end
 * when this is closed or the JVM exits; if the JVM was killed, the next {@link #open} under the
 * same root ends what it left, and only that.
 *
 * <pre>{@code
 * try (RunDirectory run = RunDirectory.open("etcd-demo")) {
 *   int port = run.reservePort();
 *   ManagedProcess etcd =
 *       run.start(
 *           new ProcessSpec(
 *               "etcd",
 *               List.of("/usr/bin/etcd", "--listen-client-urls=http://127.0.0.1:" + port),
 *               Map.of(),
 *               run.path(),
 *               Duration.ofSeconds(2)));
 *   etcd.await("/health answers", () -> healthy(port), Duration.ofSeconds(10));
 * } // etcd is gone, its port is free, its files are deleted
 * }</pre>
 *
 * <p>How a leftover is known: every process is started with the environment variable {@code
 * PILOTHOUSE_RUN}, which names its run directory (children inherit it), and a live owner holds a
 * lock on a file that belongs to the folder. A folder whose lock is free has no owner: its
 * processes are found by the variable and killed, its ports released, and the folder deleted.
 *
 * <p>A run that shall outlive its JVM is {@linkplain #keep() kept}: closing it only lets go of it,
 * until somebody {@linkplain #find finds} it by its name and {@linkplain #delete() deletes} it.
 *
 * <p>Linux only: processes are found by {@code /proc}. Safe for use by several threads.
 */
public interface RunDirectory extends AutoCloseable {
  /**
   * Makes a run directory under {@link #defaultRoot()}.
   *
   * @param name what it is for: letters, digits, {@code . _ -}, at most 40; begins the folder's
   *     name
   * @return a new run directory, owned by the caller
   * @throws ToolboxException if the folder cannot be made, with the reason
   */
  static RunDirectory open(String name) {
    return open(defaultRoot(), name);
  }

  /**
   * Makes a run directory under another root. What dead JVMs left under this root is ended first; a
   * leftover that cannot be removed is logged as a warning and does not stop the call.
   *
   * @param root the folder that holds run directories; made if missing (mode 0700). It must belong
   *     to the user, not be a symbolic link, and be writable by nobody else. Keep its path short:
   *     unix sockets lie below it.
   * @param name as in {@link #open(String)}
   * @return a new run directory, owned by the caller
   * @throws ToolboxException if the folder cannot be made, with the reason
   */
  static RunDirectory open(Path root, String name) {
    return RunRoot.at(root).open(name);
  }

  /**
   * Finds a {@linkplain #keep() kept} run and takes ownership of it. It is still kept: {@link
   * #close()} lets go of it again, {@link #delete()} ends it.
   *
   * @param root the root it was opened under
   * @param name the name it was opened with
   * @return the run, or empty when there is no kept run of that name
   * @throws ToolboxException if another handle, in this JVM or another, still owns it
   */
  static Optional<RunDirectory> find(Path root, String name) {
    return RunRoot.at(root).find(name);
  }

  /**
   * The runs that are kept, whether a live JVM owns them or not.
   *
   * @param root the root they were opened under
   * @return their names, sorted
   */
  static List<String> kept(Path root) {
    return RunRoot.at(root).kept();
  }

  /**
   * Where run directories are made unless the caller says otherwise: the environment variable
   * {@code PILOTHOUSE_RUN_ROOT}, else {@code pilothouse-<user>} in the JVM's temporary folder.
   *
   * @return an absolute path
   */
  static Path defaultRoot() {
    return RunRoot.defaultPath();
  }

  /**
   * Whether somebody owns a run.
   *
   * @param root the root it was opened under
   * @param id its {@link #id()}
   * @return {@link Owner#UNKNOWN} if no run of that id was ever opened under this root
   * @throws ToolboxException if the root's books cannot be read
   */
  static Owner ownerOf(Path root, String id) {
    return RunRoot.at(root).ownerOf(id);
  }

  /** What is known of the owner of a run. */
  enum Owner {
    /** It lives, in this JVM or another. */
    ALIVE,
    /** It has closed the run, or its JVM is dead. */
    DEAD,
    /** The run belongs to another root: nothing can be said. */
    UNKNOWN
  }

  /**
   * A name of this run that no other run on any machine has: letters, digits, {@code . _ -}, at
   * most 80. What a run leaves outside of its folder (a container, for one) can bear it, and {@link
   * #ownerOf} tells whether it still has an owner.
   *
   * @return the same at each call
   */
  String id();

  /**
   * The folder, readable by its owner alone.
   *
   * @return an absolute path
   */
  Path path();

  /**
   * Writes a file (mode 0600) below {@link #path()}, making its folders (mode 0700). An existing
   * file is replaced in one step: no reader sees half of it.
   *
   * @param relative where
   * @param content what
   * @return the file's absolute path
   * @throws ToolboxException if {@code relative} leads out of the folder, or the file cannot be
   *     written, naming the file and the reason (a full disk, for one)
   */
  Path write(String relative, String content);

  /**
   * Reserves a TCP port that is free and that no other run directory under this root was given,
   * from outside the kernel's ephemeral range, so that no outgoing connection takes it either.
   *
   * @return the port, this run directory's until it is closed
   * @throws ToolboxException if there is none left
   */
  int reservePort();

  /**
   * Starts a process; its output goes to {@code <name>.log} in the folder.
   *
   * @param spec what to run
   * @return the running process
   * @throws ToolboxException if it cannot be started, or a process of that name runs already
   */
  ManagedProcess start(ProcessSpec spec);

  /**
   * From now on {@link #close()}, the JVM's exit, or its death leave processes, files and ports as
   * they are. The run stays until it is deleted; once none of its processes lives any more, the
   * next {@link #open} under its root may remove it. (A Ctrl-C in the terminal still reaches all
   * processes that were started from it.)
   *
   * @throws ToolboxException if another run of this name is kept already
   */
  void keep();

  /**
   * Ends all processes in reverse order of their start, releases the ports and deletes the folder,
   * whether the run is kept or not. Does nothing when it has been deleted already.
   *
   * @throws ToolboxException if something cannot be ended or deleted, naming it; or if this handle
   *     has let go of the run
   */
  void delete();

  /**
   * {@linkplain #delete() Deletes} the run, or lets go of it when it is kept. Does nothing the
   * second time.
   */
  @Override
  void close();
}
