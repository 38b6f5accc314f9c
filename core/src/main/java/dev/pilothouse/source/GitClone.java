package dev.pilothouse.source;

import dev.pilothouse.source.SourceException.Reason;
import dev.pilothouse.toolbox.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Clones a remote; what a failure left is deleted. */
final class GitClone {
  private GitClone() {}

  /** A depth of 0 means the whole history. */
  static IstioCheckout clone(String remote, String branch, Path into, int depth) {
    String tried = "cloning " + withoutPassword(remote) + " (" + branch + ") into " + into;
    Path target = TargetFolder.make(into, tried);
    try {
      List<String> command = new ArrayList<>(List.of("clone", "--quiet", "--branch=" + branch));
      if (depth > 0) {
        command.add("--depth=" + depth);
      }
      command.addAll(List.of("--", remote, target.toString()));
      Command.Result result =
          new Git(Path.of("").toAbsolutePath()).runRemote(command.toArray(String[]::new));
      if (result.exitCode() != 0) {
        throw failed(tried, result);
      }
      return GitCheckout.open(target);
    } catch (RuntimeException e) {
      TargetFolder.discard(target, e);
      throw e;
    }
  }

  private static String withoutPassword(String remote) {
    return remote.replaceFirst("//[^/@]*@", "//…@");
  }

  private static SourceException failed(String tried, Command.Result result) {
    boolean noBranch = result.stderr().contains("Remote branch");
    return new SourceException(
        noBranch ? Reason.NO_SUCH_BRANCH : Reason.REMOTE_UNREACHABLE,
        tried,
        Git.said(result),
        noBranch
            ? "name a branch or a tag of the remote, as release-1.24 or master"
            : "try git ls-remote by hand; without a remote use IstioSource.checkout or pinned",
        null,
        null);
  }
}
