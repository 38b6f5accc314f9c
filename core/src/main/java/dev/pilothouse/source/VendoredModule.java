package dev.pilothouse.source;

import dev.pilothouse.source.SourceException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code vendor/modules.txt} says of one module.
 *
 * @param path the module that was copied: Istio, or what replaces it
 * @param version its version; empty when a folder replaces it
 * @param packages the packages that were copied, relative to the module
 */
record VendoredModule(String path, String version, List<String> packages) {
  private static final Pattern MODULE =
      Pattern.compile("# (\\S+)(?: (v\\S+))?(?: => (\\S+)(?: (v\\S+))?)?");

  static VendoredModule read(Path moduleDirectory, String module) {
    Path file = moduleDirectory.resolve("vendor/modules.txt");
    try {
      VendoredModule found = null;
      for (String line : Files.readAllLines(file)) {
        Matcher header = MODULE.matcher(line);
        if (header.matches()) {
          if (found != null) {
            break;
          }
          found = header.group(1).equals(module) ? of(header) : null;
        } else if (found != null && (line.equals(module) || line.startsWith(module + "/"))) {
          found.packages.add(line.equals(module) ? "" : line.substring(module.length() + 1));
        }
      }
      if (found != null) {
        return found;
      }
    } catch (IOException e) {
      throw SourceTree.unreadable(file, e);
    }
    throw new SourceException(
        Reason.NOT_ISTIO,
        "reading " + file,
        "it does not name " + module,
        "the folder vendor has to be made by go mod vendor",
        file,
        null);
  }

  private static VendoredModule of(Matcher header) {
    boolean replaced = header.group(3) != null;
    String version = header.group(replaced ? 4 : 2);
    return new VendoredModule(
        header.group(replaced ? 3 : 1), version == null ? "" : version, new ArrayList<>());
  }

  /** Where the module lies: a folder beside, or its place in Go's module cache. */
  Path directory(Path moduleDirectory, Path moduleCache) {
    return version.isEmpty()
        ? moduleDirectory.resolve(path).normalize()
        : moduleCache.resolve(escaped(path) + "@" + escaped(version));
  }

  /** The module cache writes a capital letter as an exclamation mark and the small letter. */
  private static String escaped(String name) {
    return Pattern.compile("[A-Z]")
        .matcher(name)
        .replaceAll(capital -> "!" + capital.group().toLowerCase(java.util.Locale.ROOT));
  }
}
