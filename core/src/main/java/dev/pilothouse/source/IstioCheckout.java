package dev.pilothouse.source;

import java.util.Optional;

/** A Git checkout of Istio. */
public sealed interface IstioCheckout extends IstioSource permits GitCheckout {
  /**
   * The branch that is checked out.
   *
   * @return its name, or empty when a commit or a tag is checked out
   */
  Optional<String> branch();

  /**
   * Checks another branch, tag or commit out, in this tree. One that is not known here is fetched
   * from the remote {@code origin}.
   *
   * @param branch what to check out
   * @throws SourceException if the tree has changes that are not committed (new files included),
   *     there is no such branch, or the remote cannot be reached; the tree stays as it was
   */
  void checkOut(String branch);
}
