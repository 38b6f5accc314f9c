package dev.pilothouse.delve;

/**
 * A place in the program.
 *
 * @param file the source file; of one's own tree where the session's path mapping knows it, else as
 *     the binary names it; empty when unknown
 * @param line the line, from 1; 0 when unknown
 * @param function the function with its package, as {@code
 *     istio.io/istio/pilot/pkg/networking/core/route.BuildDefaultHTTPOutboundRoute}; empty when
 *     unknown
 * @param pc the address of the instruction
 */
public record SourceLocation(String file, int line, String function, long pc) {
  /** As {@code function (file:line)}. */
  @Override
  public String toString() {
    String place = file.isEmpty() ? "0x" + Long.toHexString(pc) : file + ":" + line;
    return function.isEmpty() ? place : function + " (" + place + ")";
  }
}
