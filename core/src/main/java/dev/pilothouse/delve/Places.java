package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.paths.PathMapping;
import dev.pilothouse.delve.paths.SourceFiles;
import dev.pilothouse.internal.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks places up in the program. Each method asks Delve, within {@link RunControl#whileStopped}.
 */
final class Places {
  /** A regular expression that means half the program would stop it at every step. */
  private static final int MOST_FUNCTIONS = 1_000;

  /** A slash that is not quoted; and before it, pairs of quotes. */
  private static final Pattern SLASH = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)/");

  private final RunControl control;
  private final DelveOptions options;
  private @Nullable List<String> functions;
  private @Nullable SourceFiles files;
  private PathMapping paths;

  Places(RunControl control, DelveOptions options) {
    this.control = control;
    this.options = options;
    this.paths = options.paths();
  }

  /** What was learned belongs to one program. */
  void forget() {
    functions = null;
    files = null;
    paths = options.paths();
  }

  /** The mapping, with the places of the trees. */
  PathMapping paths() {
    if (!paths.trees().isEmpty()) {
      sourceFiles();
    }
    return paths;
  }

  /** Where a place is. */
  List<JsonNode> find(String tried, BreakpointSpec.Place place) {
    if (place instanceof BreakpointSpec.Functions many) {
      return functions(tried, many.regex());
    }
    if (place instanceof BreakpointSpec.Returns many) {
      return new ReturnPlaces(control, this).find(tried, many.regex());
    }
    if (place instanceof BreakpointSpec.Function one) {
      return function(tried, Names.plain(one.name()));
    }
    BreakpointSpec.Line line = (BreakpointSpec.Line) place;
    return locations(tried, file(tried, line.file()) + ":" + line.line());
  }

  /** The part of a request that says where. */
  static ObjectNode request(List<JsonNode> locations) {
    ObjectNode request = Requests.none();
    var addresses = request.putArray("addrs");
    for (JsonNode location : locations) {
      JsonNode pcs = location.path("pcs");
      if (pcs.isEmpty()) {
        addresses.add(location.path("pc"));
      } else {
        pcs.forEach(addresses::add);
      }
    }
    return request;
  }

  private List<JsonNode> functions(String tried, String regex) {
    List<JsonNode> found = locations(tried, "/" + SLASH.matcher(regex).replaceAll("$1\\\\/") + "/");
    requireFew(tried, regex, found.size(), MOST_FUNCTIONS);
    return found;
  }

  static void requireFew(String tried, String regex, int found, int most) {
    if (found > most) {
      throw new DelveException(
          Kind.EXPRESSION,
          tried,
          "/" + regex + "/ means " + found + " functions, more than " + most,
          "write a narrower one",
          null);
    }
  }

  private List<JsonNode> function(String tried, String name) {
    try {
      return locations(tried, name);
    } catch (DelveException e) {
      Optional<String> exact = ambiguous(e) ? exact(tried, name) : Optional.empty();
      if (exact.isPresent()) {
        return locations(tried, exact.get());
      }
      if (e.kind() == Kind.NOT_FOUND && functions == null) {
        JsonNode all =
            control.ask("listing the functions", "ListFunctions", Requests.with("Filter", ""));
        functions = Reading.texts(all.path("Funcs"));
      }
      throw e;
    }
  }

  /** Delve takes {@code T.F} for {@code (*T).F} too, which Go makes of it: the end of one name. */
  private Optional<String> exact(String tried, String name) {
    String regex = "(^|/)\\Q" + name + "\\E$";
    JsonNode named = control.ask(tried, "ListFunctions", Requests.with("Filter", regex));
    List<String> names = Reading.texts(named.path("Funcs"));
    return names.size() == 1 && !names.get(0).equals(name)
        ? Optional.of(names.get(0))
        : Optional.empty();
  }

  private static boolean ambiguous(DelveException e) {
    return e.kind() == Kind.NOT_FOUND && e.words().contains("ambiguous");
  }

  /** The same with the names that were perhaps meant. Asks nothing of Delve. */
  DelveException explained(String tried, BreakpointSpec.Place place, DelveException e) {
    if (e.kind() != Kind.NOT_FOUND
        || ambiguous(e)
        || !(place instanceof BreakpointSpec.Function function)) {
      return e;
    }
    String name = Names.plain(function.name());
    if (functions != null && functions.contains(name)) {
      return new DelveException(
          Kind.NOT_FOUND,
          tried,
          "the binary does not tell where " + name + " begins: it has no debug information",
          "compile it with CompileOptions.debug()",
          e);
    }
    List<String> near = nearest(name);
    return new DelveException(
        Kind.NOT_FOUND,
        tried,
        "the program has no function " + name,
        near.isEmpty()
            ? "Program.functions lists them; one that is never called is not in the binary"
            : "did you mean " + String.join(", ", near) + "?",
        e);
  }

  /** What Delve's own expression for a place means. */
  List<JsonNode> locations(String tried, String expression) {
    ObjectNode request = Requests.with("Loc", expression);
    request.set("Scope", Requests.scope(-1, 0));
    JsonNode found = control.ask(tried, "FindLocation", request).path("Locations");
    List<JsonNode> locations = new ArrayList<>();
    found.forEach(locations::add);
    return locations;
  }

  private String file(String tried, String file) {
    List<String> meant = sourceFiles().meant(file);
    if (meant.size() == 1) {
      return meant.get(0);
    }
    String name = file.substring(file.lastIndexOf('/') + 1);
    if (meant.isEmpty()) {
      throw new DelveException(
          Kind.NOT_FOUND,
          tried,
          "the program has no source file " + file,
          Nearest.suggestion(name, sourceFiles().names()).strip()
              + " A file whose functions are never called is not in the binary.",
          null);
    }
    throw new DelveException(
        Kind.NOT_FOUND,
        tried,
        file + " may be any of " + meant.stream().limit(5).collect(Collectors.joining(", ")),
        "write more of its path, or give DelveOptions.withPaths your tree",
        null);
  }

  private SourceFiles sourceFiles() {
    SourceFiles known = files;
    if (known == null) {
      JsonNode sources =
          control
              .ask("listing the source files", "ListSources", Requests.with("Filter", ""))
              .path("Sources");
      List<String> all = Reading.texts(sources);
      paths = paths.resolved(all);
      known = new SourceFiles(paths, all);
      files = known;
    }
    return known;
  }

  /** The functions with nearly this name: in the same package, else anywhere. */
  private List<String> nearest(String name) {
    List<String> all = functions == null ? List.of() : functions;
    // Compared by their last parts, told by their whole names.
    int dots = (int) name.chars().filter(c -> c == '.').count();
    Map<String, String> byEnd = new LinkedHashMap<>();
    for (String function : all) {
      byEnd.putIfAbsent(end(function, dots), function);
    }
    return Nearest.to(name.substring(name.lastIndexOf('/') + 1), byEnd.keySet()).stream()
        .map(byEnd::get)
        .map(String::valueOf)
        .toList();
  }

  private static String end(String function, int dots) {
    String last = function.substring(function.lastIndexOf('/') + 1);
    int at = last.length();
    for (int i = 0; i <= dots && at > 0; i++) {
      at = last.lastIndexOf('.', at - 1);
    }
    return at < 0 ? last : last.substring(at + 1);
  }
}
