package dev.pilothouse.image;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Delve for a debug image, and how it is started there. The image's entrypoint becomes {@code
 * /usr/local/bin/dlv}, these arguments, and {@code exec /usr/local/bin/pilot-discovery --}.
 *
 * @param dlv a static dlv for Linux, as the toolbox makes it
 * @param arguments what comes before {@code exec}
 */
public record ImageDebugger(Path dlv, List<String> arguments) {
  /** The port that Delve listens on. */
  public static final int PORT = 40000;

  /** Where Delve lies in the image. */
  public static final String IN_THE_IMAGE = "/usr/local/bin/dlv";

  /** Copies the arguments. */
  public ImageDebugger {
    arguments = List.copyOf(arguments);
  }

  /**
   * Delve listens on the pod's own loopback: a port-forward reaches it, the rest of the cluster
   * does not. (Whoever reaches Delve's port can run any code.)
   *
   * @param dlv a static dlv for Linux
   * @return the debugger
   */
  public static ImageDebugger onLoopback(Path dlv) {
    return new ImageDebugger(
        dlv,
        List.of(
            "--continue",
            "--accept-multiclient",
            "--listen=127.0.0.1:" + PORT,
            "--check-go-version=false",
            // What comes by a port-forward is root's, and istiod is not.
            "--only-same-user=false",
            "--headless=true",
            "--api-version=2",
            "--log=true",
            "--log-output=debugger"));
  }

  /**
   * As Istio's guide "Remote Debugging of Istiod Pod" has it, letter by letter: Delve listens on
   * all addresses, and logs all that it can. Whoever reaches the pod can run any code in it.
   *
   * @param dlv a static dlv for Linux
   * @return the debugger
   */
  public static ImageDebugger asInTheGuide(Path dlv) {
    return new ImageDebugger(
        dlv,
        List.of(
            "--continue",
            "--accept-multiclient",
            "--listen=:" + PORT,
            "--check-go-version=false",
            "--headless=true",
            "--api-version=2",
            "--log=true",
            "--log-output=debugger,debuglineerr,gdbwire,lldbout,rpc"));
  }

  /**
   * The command that runs a program under Delve.
   *
   * @param program the program's path in the image; what comes behind the command are its arguments
   * @return Delve's path in the image, its arguments, and the program
   */
  public List<String> command(String program) {
    List<String> command = new ArrayList<>(List.of(IN_THE_IMAGE));
    command.addAll(arguments);
    command.addAll(List.of("exec", program, "--"));
    return command;
  }
}
