package dev.pilothouse.source;

import dev.pilothouse.source.CompileFailedException.CompileError;
import dev.pilothouse.toolbox.GoBuild;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the compiler's messages in terms of Istio's root. */
final class CompileErrors {
  private CompileErrors() {}

  static List<CompileError> of(SourceTree tree, List<GoBuild.Message> messages) {
    String prefix = tree.moduleDirectory().relativize(tree.root()).toString();
    return messages.stream()
        .map(m -> new CompileError(inRoot(m.file(), prefix), m.line(), m.column(), m.message()))
        .toList();
  }

  private static @Nullable String inRoot(@Nullable String file, String prefix) {
    return file != null && !prefix.isEmpty() && file.startsWith(prefix + "/")
        ? file.substring(prefix.length() + 1)
        : file;
  }
}
