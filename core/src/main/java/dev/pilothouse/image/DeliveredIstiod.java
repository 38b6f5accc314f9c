package dev.pilothouse.image;

/**
 * What the pods shall run: an image with the istiod in it, or a file on the nodes that a small
 * supervisor runs.
 */
public sealed interface DeliveredIstiod {
  /** A pull policy: the nodes pull the image unless they have it. */
  String IF_NOT_PRESENT = "IfNotPresent";

  /** A pull policy: the nodes have the image, and nobody else has. */
  String NEVER = "Never";

  /**
   * The image that the container runs.
   *
   * @return a reference that the nodes know
   */
  String image();

  /**
   * The pull policy that fits the image.
   *
   * @return {@link #IF_NOT_PRESENT} or {@link #NEVER}
   */
  String pullPolicy();

  /**
   * Whether this delivery brought something that was not there before.
   *
   * @return false when nothing had to be done
   */
  boolean changed();

  /**
   * An image that has the istiod in it.
   *
   * @param image what the container runs
   * @param pullPolicy the pull policy that fits
   * @param changed whether the delivery brought it
   */
  record ImageIstiod(String image, String pullPolicy, boolean changed) implements DeliveredIstiod {}

  /**
   * A hot swap: the istiod is a file on the nodes, and the image holds only a supervisor.
   *
   * <p>The pod mounts {@code nodeDirectory} of its node as a host path (of type {@code Directory})
   * read-only at {@link #MOUNT_PATH}; neither command nor arguments of the container change. The
   * supervisor runs the {@code pilot-discovery} in there with the container's arguments, forwards
   * signals to it, and exits with its exit code when it ends by itself. When the file is replaced,
   * it ends the running istiod and starts the new one: the pod stays.
   *
   * @param image the image with the supervisor; the nodes have it
   * @param nodeDirectory the directory on each node, absolute
   * @param changed whether the delivery brought another istiod than was there
   */
  record NodeIstiod(String image, String nodeDirectory, boolean changed)
      implements DeliveredIstiod {
    /** Where the supervisor looks for the istiod. */
    public static final String MOUNT_PATH = "/var/lib/pilothouse/istiod";

    @Override
    public String pullPolicy() {
      return NEVER;
    }
  }
}
