package dev.pilothouse.loop;

/** A {@link DevLoop} that runs on save. Safe for use by several threads. */
public interface Watch extends AutoCloseable {
  /**
   * Whether it still watches. It ends by itself only when the tree's root is deleted.
   *
   * @return false once it is closed or has ended
   */
  boolean isOpen();

  /**
   * Ends it. A cycle that is under way is given up, after the deployment if it is in the middle of
   * one. When this returns, no cycle runs. Does nothing the second time.
   */
  @Override
  void close();
}
