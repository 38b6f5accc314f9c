package dev.pilothouse.loop;

/**
 * What must hold for a cycle to succeed.
 *
 * @param name says what is verified, for reports
 * @param assertion the assertion
 */
public record Verification(String name, Assertion assertion) {
  /** Something that throws unless it holds. */
  @FunctionalInterface
  public interface Assertion {
    /**
     * Asserts. It is asked every few milliseconds until it holds, because an acknowledged
     * configuration may need a moment to become active.
     *
     * @throws Exception an {@code AssertionError} or any exception, when it does not hold (yet)
     */
    void check() throws Exception;
  }
}
