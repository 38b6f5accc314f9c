package dev.pilothouse.kind;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.toolbox.Toolbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether this machine has what working on istiod with a kind cluster needs, all of it in one
 * answer.
 *
 * <pre>{@code
 * Prerequisites found = Prerequisites.check(toolbox, DockerHost.usual(), source, null);
 * System.out.println(found.table());
 * found.require();
 * }</pre>
 *
 * @param all everything that was looked at, in the order of the loop
 */
public record Prerequisites(List<Prerequisite> all) {
  private static final List<String> HEAD = List.of("", "WHAT", "FOUND", "NEEDED");

  /** Copies the list. */
  public Prerequisites {
    all = List.copyOf(all);
  }

  /**
   * Looks. Nothing is built, downloaded or changed, and what cannot be read is told as such: no
   * exception for anything that is missing. It takes about a second.
   *
   * @param toolbox knows the tools
   * @param docker the Docker to work with
   * @param source the tree that is worked on; null for none, then the pinned Go and any istioctl
   *     will do
   * @param nodeImage the image of the nodes, as {@code kindest/node:v1.34.4}; null for kind's own
   * @return what was found
   */
  public static Prerequisites check(
      Toolbox toolbox,
      DockerHost docker,
      @Nullable IstioSource source,
      @Nullable String nodeImage) {
    List<Prerequisite> all = new ArrayList<>();
    new ToolChecks(toolbox, source, nodeImage).addTo(all);
    new DockerChecks(docker, nodeImage).addTo(all);
    new MachineChecks(toolbox.cacheDirectory()).addTo(all);
    return new Prerequisites(all);
  }

  /**
   * What is missing or wrong.
   *
   * @return empty when everything is there
   */
  public List<Prerequisite> problems() {
    return all.stream().filter(Prerequisite::isProblem).toList();
  }

  /**
   * Insists on it.
   *
   * @throws PilothouseException if anything is missing or wrong: everything at once, each with what
   *     to do
   */
  public void require() {
    List<Prerequisite> problems = problems();
    if (problems.isEmpty()) {
      return;
    }
    StringBuilder words = new StringBuilder(problems.size() + " missing or wrong");
    for (Prerequisite problem : problems) {
      words
          .append(System.lineSeparator())
          .append("  ")
          .append(problem.name())
          .append(": ")
          .append(problem.found())
          .append("; needed: ")
          .append(problem.needed())
          .append(System.lineSeparator())
          .append("    ")
          .append(problem.toDo());
    }
    throw new PilothouseException(
        "checking what a kind cluster needs", words.toString(), "", null, null);
  }

  /**
   * A table for people: each thing, what was found and what is needed, and below those that are not
   * well what to do.
   *
   * @return lines of text
   */
  public String table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    all.forEach(item -> rows.add(row(item)));
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int line = 0; line < rows.size(); line++) {
      StringBuilder cells = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        cells.append(
            String.format(Locale.ROOT, "%-" + (widths[i] + 2) + "s", rows.get(line).get(i)));
      }
      text.append(cells.toString().stripTrailing()).append(System.lineSeparator());
      String toDo = line == 0 ? "" : all.get(line - 1).toDo();
      if (!toDo.isEmpty()) {
        text.append(" ".repeat(widths[0] + 2)).append("→ ").append(toDo);
        text.append(System.lineSeparator());
      }
    }
    return text.toString();
  }

  private static List<String> row(Prerequisite item) {
    String state = item.state() == Prerequisite.State.OK ? "ok" : item.state().toString();
    return List.of(state, item.name(), item.found(), item.needed());
  }

  @Override
  public String toString() {
    return "Prerequisites[" + all.size() + " looked at, " + problems().size() + " not met]";
  }
}
