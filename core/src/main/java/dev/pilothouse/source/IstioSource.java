package dev.pilothouse.source;

import dev.pilothouse.toolbox.Toolbox;
import java.nio.file.Path;
import java.util.List;

/**
 * A tree of Istio's source: a Git checkout, or a Go module that vendors Istio.
 *
 * <p>A tree is looked at anew by each call, so an instance stays right while you edit. Nothing of
 * the tree is written to, except by {@link #editInPlace} and {@link IstioCheckout#checkOut}.
 * Instances are safe for use by several threads.
 *
 * <pre>{@code
 * IstioSource mine = IstioSource.checkout(Path.of("istio"));
 * IstioSource pinned = IstioSource.pinned(toolbox);   // needs no Git and no remote
 * }</pre>
 */
public sealed interface IstioSource permits IstioCheckout, SourceTree {
  /**
   * An existing Git checkout of Istio, a linked worktree included.
   *
   * @param directory where {@code pilot/} and Istio's {@code go.mod} lie
   * @return the tree
   * @throws SourceException if the folder is no Istio, or in no Git checkout
   */
  static IstioCheckout checkout(Path directory) {
    return GitCheckout.open(directory);
  }

  /**
   * Clones Istio, or a fork of it, with its whole history.
   *
   * @param remote what {@code git clone} takes: {@code https://github.com/istio/istio.git}, {@code
   *     git@…}, {@code file:///…} or a path
   * @param branch the branch or tag to check out, as {@code release-1.24}
   * @param into the folder to make; missing or empty
   * @return the tree
   * @throws SourceException if the remote cannot be reached, has no such branch or is no Istio, or
   *     the folder is not empty; what a failed clone made is deleted
   */
  static IstioCheckout clone(String remote, String branch, Path into) {
    return GitClone.clone(remote, branch, into, 0);
  }

  /**
   * Clones one branch of Istio, or of a fork of it, without older history: much quicker.
   *
   * @param remote as in {@link #clone(String, String, Path)}
   * @param branch as in {@link #clone(String, String, Path)}
   * @param into as in {@link #clone(String, String, Path)}
   * @param depth how many commits to fetch, at least 1
   * @return the tree
   * @throws SourceException as {@link #clone(String, String, Path)} does
   */
  static IstioCheckout clone(String remote, String branch, Path into, int depth) {
    if (depth < 1) {
      throw new IllegalArgumentException("a depth of " + depth + " fetches nothing");
    }
    return GitClone.clone(remote, branch, into, depth);
  }

  /**
   * An existing Go module that vendors Istio: {@code vendor/istio.io/istio} lies in it, as {@code
   * go mod vendor} makes it.
   *
   * @param directory where the module's {@code go.mod} lies
   * @return the tree
   * @throws SourceException if no Istio is vendored there
   */
  static IstioSource vendored(Path directory) {
    return VendoredTree.open(directory);
  }

  /**
   * The Istio that Pilothouse pins, as a vendored tree in the toolbox's cache; made at the first
   * call, by {@code go mod vendor} (two seconds, and the downloads). All callers share it, so its
   * files are read-only and {@link #editInPlace} refuses it. Compile it with edits, or take a
   * {@link #workingCopy}.
   *
   * <p>Go's {@code -overlay}, by which edits are compiled, may replace files below {@code vendor/},
   * but none in the module cache: that is why the tree is a vendored one.
   *
   * @param toolbox whose cache to use, and whether downloads are allowed
   * @return the tree
   * @throws SourceException if Go cannot provide it, with Go's own words
   */
  static IstioSource pinned(Toolbox toolbox) {
    return PinnedTree.provide(toolbox);
  }

  /**
   * Where {@code pilot/} lies. In a vendored tree that is {@code vendor/istio.io/istio}.
   *
   * @return an absolute path
   */
  Path root();

  /**
   * Where the {@code go.mod} lies that Go builds with. In a Git checkout that is {@link #root()}.
   *
   * @return an absolute path
   */
  Path moduleDirectory();

  /**
   * The version, as Istio's own build stamps it: what the file {@code VERSION} says, and {@code
   * -dev}.
   *
   * @return for example {@code 1.31-dev}; the module's version where there is no such file
   */
  String version();

  /**
   * The revision of the tree's base, without the changes that were made to it.
   *
   * @return the commit of a Git checkout, or the version of the vendored module, as {@code
   *     v0.0.0-20260827124520-eed52ebb66ad}
   */
  String revision();

  /**
   * The files that differ from the base: from the commit by {@code git status} (ignored files do
   * not count), or from the module that was vendored by their content.
   *
   * @return sorted by path; empty for a clean tree
   * @throws SourceException if the module that was vendored is not in Go's module cache
   */
  List<DirtyFile> dirtyFiles();

  /**
   * What lies where, checked against this tree.
   *
   * @return the map of this tree as it is now
   */
  SourceMap map();

  /**
   * Copies the tree as it is, changes that were not committed included, and carries out edits in
   * the copy. The copy is the caller's: nothing deletes it.
   *
   * <p>A debug build holds the paths of its sources, so its packages are compiled anew for each
   * copy (minutes); a release build is not affected, and a build with edits in an overlay neither.
   *
   * @param into the folder to make; missing or empty
   * @param edits what to change in the copy; may be empty
   * @return the copy
   * @throws SourceEditException if an edit does not fit; nothing is made then
   * @throws SourceException if the folder is not empty or cannot be written
   */
  IstioSource workingCopy(Path into, List<SourceEdit> edits);

  /**
   * Carries out edits <em>in this tree's own files</em>. All edits are done, or none.
   *
   * @param edits what to change
   * @return a handle that takes the edits back when it is closed, and when the JVM exits; if the
   *     JVM is killed, the next opening of the tree takes them back
   * @throws SourceEditException if an edit does not fit
   * @throws SourceException if the tree is shared ({@link #pinned}) or a file cannot be written
   */
  AppliedEdits editInPlace(List<SourceEdit> edits);
}
