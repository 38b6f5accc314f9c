package dev.pilothouse.delve;

import dev.pilothouse.istiod.DebugEndpoint;
import dev.pilothouse.istiod.Debuggable;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.toolbox.Toolbox;

/**
 * Opens debug sessions. Safe for use by several threads.
 *
 * <pre>{@code
 * IstiodBinary binary = compiler.compile(source, List.of(), CompileOptions.debug());
 * Istiod istiod = IstiodDeployer.beside(cluster)
 *     .deploy(binary, IstiodSpec.defaults().withDelve(DelveLaunch.of(toolbox)));
 * try (DelveSession debug = DelveAttacher.create(toolbox).attach(istiod)) { … }
 * }</pre>
 *
 * <p>The binary should be a debug build ({@code CompileOptions.debug()}). In an optimised one
 * functions are inlined and variables gone; in a stripped one there are functions but no variables
 * and no files that the debugger could name.
 */
public interface DelveAttacher {
  /**
   * An attacher.
   *
   * @param toolbox where to find {@code dlv}; it is needed only for processes that do not run under
   *     Delve yet
   * @return an attacher
   */
  static DelveAttacher create(Toolbox toolbox) {
    return new LocalAttacher(toolbox);
  }

  /**
   * Attaches to an istiod: to the Delve that runs it, else to its process.
   *
   * @param istiod the istiod
   * @return a session; the caller closes it
   * @throws DelveException if that is not possible, with the reason
   */
  default DelveSession attach(Istiod istiod) {
    return attach(istiod, DelveOptions.usual());
  }

  /**
   * Attaches to an istiod: to the Delve that runs it, else to its process.
   *
   * @param istiod the istiod
   * @param options how the session behaves
   * @return a session; the caller closes it
   * @throws DelveException if that is not possible, with the reason
   */
  default DelveSession attach(Istiod istiod, DelveOptions options) {
    if (istiod instanceof Debuggable debuggable) {
      return attach(debuggable.debug(), options);
    }
    throw new DelveException(
        DelveException.Kind.ATTACH,
        "attaching to " + istiod,
        "it is no process of this machine",
        "in a cluster put it under Delve first (InClusterIstiod.debug), and attach to what that"
            + " gives; or give the address of its Delve: new DebugEndpoint.Delve(host, port)",
        null);
  }

  /**
   * Attaches to an istiod that is known to be reached by a debugger, as {@code
   * InClusterIstiod.debug} gives one.
   *
   * @param istiod the istiod
   * @return a session; the caller closes it
   * @throws DelveException if that is not possible, with the reason
   */
  default DelveSession attach(Debuggable istiod) {
    return attach(istiod.debug(), DelveOptions.usual());
  }

  /**
   * Attaches to an istiod that is known to be reached by a debugger.
   *
   * @param istiod the istiod
   * @param options how the session behaves
   * @return a session; the caller closes it
   * @throws DelveException if that is not possible, with the reason
   */
  default DelveSession attach(Debuggable istiod, DelveOptions options) {
    return attach(istiod.debug(), options);
  }

  /**
   * Attaches to a Delve that listens, or to a process of this machine. For a process, {@code dlv
   * attach} is started; it ends with the session, and the process goes on. That takes the right to
   * trace it: the same user, and {@code kernel.yama.ptrace_scope} 0, or root. A {@code dlv} that a
   * killed JVM has left at the process is used again.
   *
   * @param endpoint the Delve or the process
   * @param options how the session behaves
   * @return a session; the caller closes it
   * @throws DelveException of kind ATTACH if Delve does not start or may not attach, with its own
   *     words; CONNECTION if nobody listens; PROTOCOL if it is no Delve
   */
  DelveSession attach(DebugEndpoint endpoint, DelveOptions options);
}
