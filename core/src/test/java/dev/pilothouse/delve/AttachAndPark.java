package dev.pilothouse.delve;

import dev.pilothouse.istiod.DebugEndpoint;
import java.util.concurrent.locks.LockSupport;

/** A JVM of its own, to be killed: sets a breakpoint in a process, says so, and stays. */
final class AttachAndPark {
  private AttachAndPark() {}

  /** Takes the process id and a function. */
  public static void main(String[] arguments) {
    DebugEndpoint target = new DebugEndpoint.Pid(Long.parseLong(arguments[0]));
    DelveSession debug =
        DelveAttacher.create(Debuggee.TOOLBOX).attach(target, DelveOptions.usual());
    debug.breakAt(BreakpointSpec.function(arguments[1]));
    System.out.println("attached");
    while (true) {
      LockSupport.park(debug);
    }
  }
}
