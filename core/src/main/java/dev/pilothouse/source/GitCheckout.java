package dev.pilothouse.source;

import dev.pilothouse.source.DirtyFile.Change;
import dev.pilothouse.source.SourceException.Reason;
import dev.pilothouse.toolbox.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A Git checkout, worked on with the git command line. */
final class GitCheckout extends SourceTree implements IstioCheckout {
  private static final int SHOWN_FILES = 10;

  private final Git git;

  private GitCheckout(Path root) {
    super(root, root);
    git = new Git(root);
  }

  static GitCheckout open(Path directory) {
    Path root =
        requireIstio(
            directory,
            "",
            "name the folder of a checkout of Istio; IstioSource.clone makes one, and for a Go"
                + " module that vendors Istio there is IstioSource.vendored");
    Command.Result top = new Git(root).run("rev-parse", "--show-toplevel");
    if (top.exitCode() != 0) {
      throw noCheckout(root, Git.said(top), "for a tree without Git use IstioSource.vendored");
    }
    if (!Path.of(top.stdout().stripTrailing()).equals(root)) {
      throw noCheckout(
          root, "it is only a part of the checkout " + top.stdout().stripTrailing(), "");
    }
    InPlaceEdits.takeBackLeftovers(root, root);
    return new GitCheckout(root);
  }

  private static SourceException noCheckout(Path root, String why, String toDo) {
    return new SourceException(
        Reason.NOT_A_CHECKOUT, "opening the Git checkout " + root, why, toDo, root, null);
  }

  @Override
  public String version() {
    return versionIn(root()).orElseGet(this::revision);
  }

  @Override
  public String revision() {
    return git.output("asking for the commit of " + root(), "rev-parse", "HEAD");
  }

  @Override
  public Optional<String> branch() {
    Command.Result result = git.run("symbolic-ref", "--quiet", "--short", "HEAD");
    return result.exitCode() == 0 ? Optional.of(result.stdout().strip()) : Optional.empty();
  }

  @Override
  public List<DirtyFile> dirtyFiles() {
    String status =
        git.output(
            "asking for the dirty files of " + root(),
            "status",
            "--porcelain=v1",
            "-z",
            "--untracked-files=all",
            "--no-renames");
    Map<String, Change> dirty = new TreeMap<>();
    for (String entry : status.split("\0", -1)) {
      if (entry.length() > 3) {
        add(dirty, entry.substring(0, 2), entry.substring(3));
      }
    }
    return dirty.entrySet().stream()
        .map(entry -> new DirtyFile(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** The code's two letters are the index and the work tree; what counts is the work tree. */
  private void add(Map<String, Change> dirty, String code, String file) {
    boolean isThere = Files.exists(root().resolve(file), java.nio.file.LinkOption.NOFOLLOW_LINKS);
    boolean isNew = code.equals("??") || code.charAt(0) == 'A';
    if (isThere) {
      // Deleted from the index and there again: two entries, and in the end a modification.
      dirty.merge(file, isNew ? Change.ADDED : Change.MODIFIED, (a, b) -> Change.MODIFIED);
    } else if (!isNew) {
      dirty.put(file, Change.DELETED);
    }
  }

  @Override
  public void checkOut(String branch) {
    String tried = "checking out " + branch + " in " + root();
    if (branch.isBlank() || branch.startsWith("-")) {
      throw new SourceException(
          Reason.NO_SUCH_BRANCH, tried, "this is no name of a branch", "", null, null);
    }
    List<DirtyFile> dirty = dirtyFiles();
    if (!dirty.isEmpty()) {
      String files =
          dirty.stream().limit(SHOWN_FILES).map(DirtyFile::path).collect(Collectors.joining(", "));
      throw new SourceException(
          Reason.DIRTY,
          tried,
          dirty.size()
              + " files have changes that are not committed: "
              + files
              + (dirty.size() > SHOWN_FILES ? ", …" : ""),
          "commit or stash them, or check the branch out in a clone of its own",
          root(),
          null);
    }
    List<String> command = new GitFetch(git, tried).checkoutCommand(branch);
    Command.Result result = git.run(command.toArray(String[]::new));
    if (result.exitCode() != 0) {
      throw new SourceException(Reason.GIT_FAILED, tried, Git.said(result), "", root(), null);
    }
  }

  @Override
  SourceTree copyTo(Path target) {
    String tried = "making a working copy of " + root();
    // A local clone shares Git's objects by hard links; Git itself never changes those.
    git.output(
        tried, "clone", "--quiet", "--no-checkout", "--", root().toString(), target.toString());
    Git copy = new Git(target);
    Optional<String> branch = branch();
    if (branch.isPresent()) {
      copy.output(tried, "checkout", "--quiet", "--no-track", "-B", branch.get(), revision());
    } else {
      copy.output(tried, "checkout", "--quiet", "--detach", revision());
    }
    Command.Result origin = git.run("remote", "get-url", "origin");
    if (origin.exitCode() == 0) {
      copy.output(tried, "remote", "set-url", "origin", origin.stdout().strip());
    }
    carryOver(dirtyFiles(), target);
    return new GitCheckout(target);
  }

  private void carryOver(List<DirtyFile> dirty, Path target) {
    for (DirtyFile file : dirty) {
      Path to = target.resolve(file.path());
      try {
        if (file.change() == Change.DELETED) {
          Files.deleteIfExists(to);
        } else {
          TreeWriter.copyFile(root().resolve(file.path()), to);
        }
      } catch (IOException e) {
        throw unreadable(to, e);
      }
    }
  }
}
