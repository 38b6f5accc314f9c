package dev.pilothouse.integration;

import dev.pilothouse.delve.Breakpoint;
import dev.pilothouse.delve.DelveAttacher;
import dev.pilothouse.delve.DelveOptions;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.istiod.DebugEndpoint;
import dev.pilothouse.toolbox.Toolbox;
import java.util.concurrent.locks.LockSupport;

/** A JVM of its own, to be killed: stops istiod at a breakpoint, says so, and stays. */
final class DelveToKill {
  private DelveToKill() {}

  /** Takes Delve's port on loopback. */
  public static void main(String[] arguments) {
    DebugEndpoint delve = new DebugEndpoint.Delve("127.0.0.1", Integer.parseInt(arguments[0]));
    DelveSession debug = DelveAttacher.create(Toolbox.create()).attach(delve, DelveOptions.usual());
    Breakpoint stop = debug.breakAt(DebuggedMesh.OUTBOUND);
    System.out.println("waiting");
    System.out.println(stop.await(DebuggedMesh.SOON).location().function());
    while (true) {
      LockSupport.park(debug);
    }
  }
}
