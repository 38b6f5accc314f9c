package dev.pilothouse.image;

import java.time.Duration;

/**
 * What a {@link Delivery} tells while it works. Events of one delivery come one at a time, in
 * order, on any thread; a listener should be quick, and must not call the delivery.
 *
 * <p>A failure is no event: it is the exception of the call.
 */
public sealed interface DeliveryEvent {
  /**
   * A node, or a registry, has it already: nothing is to be done there.
   *
   * @param node the node, or the registry's hub
   * @param what what it has: an image's reference, or a file's path
   */
  record Unchanged(String node, String what) implements DeliveryEvent {}

  /**
   * Something is sent to a node.
   *
   * @param node the node
   * @param what an image's reference, or a file's path
   * @param bytes how many bytes go over
   * @param reused how many bytes of it the node had already, as layers
   */
  record Sending(String node, String what, long bytes, long reused) implements DeliveryEvent {}

  /**
   * A node, or a registry, has it, and was asked whether it has.
   *
   * @param node the node, or the registry's hub
   * @param what an image's reference, or a file's path
   * @param took how long the node took, from the first byte on
   */
  record Delivered(String node, String what, Duration took) implements DeliveryEvent {}

  /**
   * Something that Pilothouse had delivered earlier, and that nothing uses, was removed.
   *
   * @param node the node, or the registry's repository
   * @param what an image's reference
   */
  record Pruned(String node, String what) implements DeliveryEvent {}

  /**
   * Something that Pilothouse had delivered earlier, and that nothing uses, stays in a registry,
   * which does not let it be deleted. The delivery itself has succeeded.
   *
   * @param repository the registry's repository
   * @param what an image's reference
   * @param why the registry's words
   */
  record NotPruned(String repository, String what, String why) implements DeliveryEvent {}
}
