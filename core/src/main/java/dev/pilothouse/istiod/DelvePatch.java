package dev.pilothouse.istiod;

import dev.pilothouse.image.Delivery;
import dev.pilothouse.source.IstiodBinary;
import java.time.Duration;
import java.util.Optional;

/**
 * How an istiod in a cluster, or the pilot-agent of a pod's proxy, is put under Delve: what its
 * Deployment is patched to run. Immutable: each {@code with…} method gives a changed copy.
 *
 * <pre>{@code
 * IstiodBinary debugBinary = compiler.compile(source, List.of(), CompileOptions.debug());
 * ImageSpec image = ImageSpec.pilot()
 *     .withName("pilot-debug") // deliveries remove old images of their own name
 *     .withDebugger(ImageDebugger.onLoopback(toolbox.provision(Tool.DLV).path()));
 * DelvePatch patch = DelvePatch.deliver(debugBinary, Deliveries.in(docker).nodeArchive(image));
 * }</pre>
 *
 * @param binary the istiod to bring there; empty where the image is there already
 * @param delivery brings it, in an image with Delve in it; empty where the image is there already
 * @param image an image with a debug build and Delve in it, which the nodes have or can pull; empty
 *     for that of the delivery, or else for the one that the Deployment has
 * @param localPort where a debugger reaches Delve on this machine's loopback; 0 for a free port
 * @param guideCompatible whether everything is as in Istio's guide "Remote Debugging of Istiod Pod"
 * @param deadline how long it may take until istiod is ready under Delve, from the delivery on
 */
public record DelvePatch(
    Optional<IstiodBinary> binary,
    Optional<Delivery> delivery,
    Optional<String> image,
    int localPort,
    boolean guideCompatible,
    Duration deadline) {
  private static final Duration USUAL = Duration.ofMinutes(2);

  /** Checks that there is one way to the image. */
  public DelvePatch {
    if (binary.isPresent() != delivery.isPresent()) {
      throw new IllegalArgumentException("a binary and its delivery come together");
    }
    if (binary.isPresent() && image.isPresent()) {
      throw new IllegalArgumentException("the delivery says which image it is");
    }
  }

  /**
   * A debug build that is brought there in an image.
   *
   * @param debugBinary a debug build ({@code CompileOptions.debug()})
   * @param delivery brings it in an image with Delve in it ({@code ImageSpec.withDebugger}); no hot
   *     swap
   * @return how to patch
   */
  public static DelvePatch deliver(IstiodBinary debugBinary, Delivery delivery) {
    return new DelvePatch(
        Optional.of(debugBinary), Optional.of(delivery), Optional.empty(), 0, false, USUAL);
  }

  /**
   * An image that is there.
   *
   * @param reference an image with a debug build as {@code /usr/local/bin/pilot-discovery}, or of
   *     the proxy with one as {@code /usr/local/bin/pilot-agent}, and Delve as {@code
   *     /usr/local/bin/dlv}; the nodes have it or can pull it
   * @return how to patch
   */
  public static DelvePatch image(String reference) {
    return new DelvePatch(
        Optional.empty(), Optional.empty(), Optional.of(reference), 0, false, USUAL);
  }

  /**
   * The image that the Deployment has: it holds Delve already.
   *
   * @return how to patch
   */
  public static DelvePatch sameImage() {
    return new DelvePatch(Optional.empty(), Optional.empty(), Optional.empty(), 0, false, USUAL);
  }

  /**
   * With a port of the caller's choice.
   *
   * @param port the port on this machine's loopback, as the guide's 40000; 0 for a free one
   * @return a copy
   */
  public DelvePatch withLocalPort(int port) {
    return new DelvePatch(binary, delivery, image, port, guideCompatible, deadline);
  }

  /**
   * Everything as in the guide: Delve listens on all of the pod's addresses, so that whoever
   * reaches the pod can run any code in it; it logs all that it can; and the container's security
   * context is the guide's.
   *
   * @return a copy
   */
  public DelvePatch asInTheGuide() {
    return new DelvePatch(binary, delivery, image, localPort, true, deadline);
  }

  /**
   * With another deadline.
   *
   * @param value how long it may take until istiod is ready under Delve
   * @return a copy
   */
  public DelvePatch withDeadline(Duration value) {
    return new DelvePatch(binary, delivery, image, localPort, guideCompatible, value);
  }
}
