package dev.pilothouse.source;

import dev.pilothouse.source.SourceException.Reason;
import dev.pilothouse.toolbox.Command;
import java.util.ArrayList;
import java.util.List;

/** Finds out how a branch is checked out, and fetches it first if this repository lacks it. */
record GitFetch(Git git, String tried) {
  private static final String COMMIT_ID = "[0-9a-f]{40}([0-9a-f]{24})?";

  List<String> checkoutCommand(String branch) {
    if (knows("refs/heads/" + branch)) {
      return List.of("checkout", branch, "--");
    }
    if (knows("refs/remotes/origin/" + branch)) {
      return newBranch(branch);
    }
    if (knows(branch + "^{commit}")) {
      return List.of("checkout", "--detach", branch, "--");
    }
    return fetch(branch);
  }

  private List<String> fetch(String branch) {
    String head = "refs/heads/" + branch;
    String tag = "refs/tags/" + branch;
    String refs = remote("ls-remote", "--", "origin", head, tag).stdout();
    if (refs.lines().anyMatch(line -> line.endsWith("\t" + head))) {
      fetchRef("+" + head + ":refs/remotes/origin/" + branch);
      return newBranch(branch);
    }
    if (refs.lines().anyMatch(line -> line.endsWith("\t" + tag))) {
      fetchRef(tag + ":" + tag);
      return List.of("checkout", "--detach", tag, "--");
    }
    if (branch.matches(COMMIT_ID)) {
      fetchRef(branch);
      return List.of("checkout", "--detach", branch, "--");
    }
    throw new SourceException(
        Reason.NO_SUCH_BRANCH,
        tried,
        "neither this checkout nor its remote origin has a branch or tag of this name",
        "",
        git.directory(),
        null);
  }

  /** Not tracking: a clone of one branch has no rule that would map another one. */
  private static List<String> newBranch(String branch) {
    return List.of("checkout", "--no-track", "-b", branch, "refs/remotes/origin/" + branch);
  }

  private void fetchRef(String ref) {
    List<String> command = new ArrayList<>(List.of("fetch", "--quiet"));
    String shallow = git.output(tried, "rev-parse", "--is-shallow-repository");
    if (shallow.equals("true")) {
      command.add("--depth=1");
    }
    command.addAll(List.of("--", "origin", ref));
    remote(command.toArray(String[]::new));
  }

  private Command.Result remote(String... command) {
    Command.Result result = git.runRemote(command);
    if (result.exitCode() != 0) {
      throw new SourceException(
          Reason.REMOTE_UNREACHABLE,
          tried,
          Git.said(result),
          "this checkout does not have it, and its remote origin does not answer: fetch it by hand",
          git.directory(),
          null);
    }
    return result;
  }

  private boolean knows(String ref) {
    return git.run("rev-parse", "--verify", "--quiet", "--end-of-options", ref).exitCode() == 0;
  }
}
