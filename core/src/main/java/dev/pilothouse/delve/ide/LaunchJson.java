package dev.pilothouse.delve.ide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.delve.paths.PathMapping;
import java.nio.file.Path;
import java.util.Optional;

/** VS Code's list of debug configurations. */
final class LaunchJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private LaunchJson() {}

  static String entry(String name, String host, int port, PathMapping paths) {
    ObjectNode entry = JSON.createObjectNode();
    entry.put("name", name).put("type", "go").put("request", "attach").put("mode", "remote");
    // The Go extension reaches a remote Delve by its old adapter unless it is told.
    entry.put("debugAdapter", "dlv-dap");
    entry.put("host", host).put("port", port);
    if (!paths.rules().isEmpty()) {
      ArrayNode substitutes = entry.putArray("substitutePath");
      for (PathMapping.Rule rule : paths.rules()) {
        substitutes.addObject().put("from", rule.local().toString()).put("to", rule.binary());
      }
    }
    try {
      DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
      DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
      printer.indentObjectsWith(indenter);
      printer.indentArraysWith(indenter);
      return JSON.writer(printer).writeValueAsString(entry).replace("\" : ", "\": ");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The file with the entry in it; everything else stays. */
  static String merged(String before, String name, String entry, Path file) {
    if (before.isBlank()) {
      return "{\n  \"version\": \"0.2.0\",\n  \"configurations\": [\n"
          + indented(entry, "    ")
          + "\n  ]\n}\n";
    }
    try {
      return into(new Jsonc(before), name, entry);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static String into(Jsonc document, String name, String entry) {
    String text = document.text();
    Jsonc.Value root = document.root();
    if (root.kind() != '{') {
      throw new IllegalArgumentException("it is no object");
    }
    Optional<Jsonc.Value> list = root.member("configurations");
    if (list.isEmpty()) {
      String member = "\n  \"configurations\": [\n" + indented(entry, "    ") + "\n  ]";
      return Jsonc.inserted(text, root, member, "\n");
    }
    if (list.get().kind() != '[') {
      throw new IllegalArgumentException("\"configurations\" is no list");
    }
    for (Jsonc.Value old : list.get().children()) {
      boolean same = old.member("name").map(value -> value.string(text).equals(name)).orElse(false);
      if (same) {
        String indent = Jsonc.indent(text, old.start());
        return text.substring(0, old.start())
            + indented(entry, indent).stripLeading()
            + text.substring(old.end());
      }
    }
    String indent =
        list.get().children().isEmpty()
            ? Jsonc.indent(text, list.get().start()) + "  "
            : Jsonc.indent(text, list.get().children().get(0).start());
    return Jsonc.inserted(
        text,
        list.get(),
        "\n" + indented(entry, indent),
        "\n" + Jsonc.indent(text, list.get().start()));
  }

  private static String indented(String text, String indent) {
    return indent + text.replace("\n", "\n" + indent);
  }
}
