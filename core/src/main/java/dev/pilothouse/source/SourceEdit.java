package dev.pilothouse.source;

import java.util.List;
import java.util.Set;

/**
 * A change to Istio's source. Immutable; safe for use by several threads.
 *
 * <p>Files are named relative to Istio's root, whatever kind of tree it is: {@code
 * pilot/pkg/networking/core/route/route.go}. An edit only says what is to be done. It is carried
 * out
 *
 * <ul>
 *   <li>by a build overlay: {@link IstiodCompiler#compile} takes edits, and no file of the tree is
 *       touched;
 *   <li>in a copy: {@link IstioSource#workingCopy};
 *   <li>in the tree itself, until undone: {@link IstioSource#editInPlace}.
 * </ul>
 *
 * <p>Edits are carried out in their order; a later one sees what an earlier one did. An edit that
 * the tree already has is refused with {@link SourceEditException.Reason#ALREADY_PRESENT}, so
 * nothing is ever done twice.
 *
 * <pre>{@code
 * SourceEdit edit = SourceEdit.insertAfter(
 *     "pilot/pkg/features/pilot.go",
 *     "package features",
 *     "// Edited.");
 * }</pre>
 */
public final class SourceEdit {
  /** How an edit is carried out. */
  interface Step {
    void apply(SourceFiles files);
  }

  private final String description;
  private final Set<String> files;
  private final Step step;

  private SourceEdit(String description, Set<String> files, Step step) {
    this.description = description;
    this.files = Set.copyOf(files);
    this.step = step;
  }

  /**
   * Replaces a piece of text. It has to be in the file exactly once, line breaks and indentation
   * included; it may span lines.
   *
   * @param file the file, relative to Istio's root
   * @param old the text to replace; not empty
   * @param replacement what to put in its place; may be empty
   * @return the edit
   * @throws IllegalArgumentException if {@code old} is empty or what is there already
   */
  public static SourceEdit replace(String file, String old, String replacement) {
    if (old.isEmpty() || old.equals(replacement)) {
      throw new IllegalArgumentException("nothing to replace in " + file);
    }
    return ofText("replacing text in " + file, file, text -> text.replace(old, replacement));
  }

  /**
   * Inserts lines after the line in which a marker ends.
   *
   * @param file the file, relative to Istio's root
   * @param marker text that is in the file exactly once; may span lines
   * @param text the lines to insert; a missing line break at the end is added
   * @return the edit
   */
  public static SourceEdit insertAfter(String file, String marker, String text) {
    requireText(file, marker, text);
    return ofText(
        "inserting after a marker in " + file, file, content -> content.insertAfter(marker, text));
  }

  /**
   * Inserts lines before the line in which a marker begins.
   *
   * @param file the file, relative to Istio's root
   * @param marker text that is in the file exactly once; may span lines
   * @param text the lines to insert; a missing line break at the end is added
   * @return the edit
   */
  public static SourceEdit insertBefore(String file, String marker, String text) {
    requireText(file, marker, text);
    return ofText(
        "inserting before a marker in " + file,
        file,
        content -> content.insertBefore(marker, text));
  }

  /**
   * Applies a unified diff, as {@code git diff} prints it: any number of files, new, deleted and
   * renamed ones too. A hunk may lie at other lines than it says, and up to two lines of context at
   * its edges may differ. Modes and binary files are refused.
   *
   * @param unifiedDiff the diff; its paths (after {@code a/} and {@code b/}) are relative to
   *     Istio's root
   * @return the edit
   * @throws SourceEditException if it is no unified diff ({@link
   *     SourceEditException.Reason#BAD_EDIT})
   */
  public static SourceEdit patch(String unifiedDiff) {
    List<FilePatch> patches = UnifiedDiff.parse(unifiedDiff);
    Set<String> files = new java.util.TreeSet<>();
    patches.forEach(patch -> files.addAll(patch.files()));
    return new SourceEdit(
        "applying a patch to " + String.join(", ", files),
        files,
        tree -> patches.forEach(patch -> patch.apply(tree)));
  }

  private static SourceEdit ofText(
      String description, String file, java.util.function.UnaryOperator<FileText> change) {
    return new SourceEdit(
        description,
        Set.of(file),
        files -> files.write(file, change.apply(new FileText(file, files.read(file))).content()));
  }

  private static void requireText(String file, String marker, String text) {
    if (marker.isEmpty() || text.isEmpty()) {
      throw new IllegalArgumentException("an empty marker or nothing to insert in " + file);
    }
  }

  /**
   * The files that it touches.
   *
   * @return paths relative to Istio's root
   */
  public Set<String> files() {
    return files;
  }

  void apply(SourceFiles tree) {
    step.apply(tree);
  }

  /** What it does, for messages. */
  @Override
  public String toString() {
    return description;
  }
}
