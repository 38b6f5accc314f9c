package dev.pilothouse.source;

import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.ChangeDelta;
import com.github.difflib.patch.Patch;
import com.github.difflib.patch.PatchFailedException;
import dev.pilothouse.source.SourceEditException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a unified diff does to one file.
 *
 * @param from the file as it was; empty for a new file
 * @param to the file as it will be; empty for a deleted file
 * @param copied whether {@code from} stays, when the two differ
 * @param hunks the hunks, context included
 * @param endsWithLineBreak whether the last line of a new file has a line break
 */
record FilePatch(
    Optional<String> from,
    Optional<String> to,
    boolean copied,
    Patch<String> hunks,
    boolean endsWithLineBreak) {
  private static final int MAX_FUZZ = 2;

  Set<String> files() {
    Set<String> files = new TreeSet<>();
    from.ifPresent(files::add);
    to.ifPresent(files::add);
    return files;
  }

  void apply(SourceFiles files) {
    if (from.isEmpty()) {
      create(files, to.orElseThrow());
    } else if (to.isEmpty()) {
      delete(files, from.get());
    } else {
      modify(files, from.get(), to.get());
    }
  }

  private void create(SourceFiles files, String file) {
    List<String> lines =
        hunks.getDeltas().isEmpty() ? List.of() : hunks.getDeltas().get(0).getTarget().getLines();
    String content = new Lines(lines, endsWithLineBreak).text();
    if (files.exists(file)) {
      throw files.read(file).equals(content)
          ? present(file)
          : doesNotFit(file, "the patch creates it, but it is there, with other content");
    }
    files.write(file, content);
  }

  private void delete(SourceFiles files, String file) {
    if (!files.exists(file)) {
      throw present(file);
    }
    List<String> known =
        hunks.getDeltas().isEmpty() ? List.of() : hunks.getDeltas().get(0).getSource().getLines();
    if (!Lines.of(files.read(file)).lines().equals(known)) {
      throw doesNotFit(file, "the patch deletes it, but it has other lines than the patch knows");
    }
    files.delete(file);
  }

  private void modify(SourceFiles files, String before, String after) {
    boolean moves = !before.equals(after);
    if (moves && files.exists(after)) {
      throw files.exists(before)
          ? doesNotFit(after, "the patch creates it from " + before + ", but it is there")
          : present(after);
    }
    Lines text = Lines.of(files.read(before));
    List<String> lines = applied(before, text.lines());
    if (moves && !copied) {
      files.delete(before);
    }
    files.write(after, new Lines(lines, text.endsWithLineBreak()).text());
  }

  private List<String> applied(String file, List<String> lines) {
    try {
      return hunks.applyTo(lines);
    } catch (PatchFailedException exact) {
      if (isIn(lines)) {
        throw present(file);
      }
    }
    try {
      return hunks.applyFuzzy(lines, fuzz());
    } catch (PatchFailedException e) {
      throw doesNotFit(file, misfit(lines));
    }
  }

  /** Whether the file is as the patch leaves it: then the patch turned around applies. */
  private boolean isIn(List<String> lines) {
    Patch<String> reversed = new Patch<>();
    for (AbstractDelta<String> hunk : hunks.getDeltas()) {
      if (hunk.getTarget().getLines().isEmpty()) {
        return false; // Nothing to know it by.
      }
      reversed.addDelta(new ChangeDelta<>(hunk.getTarget(), hunk.getSource()));
    }
    try {
      reversed.applyFuzzy(lines, 0);
      return true;
    } catch (PatchFailedException e) {
      return false;
    }
  }

  /** How many lines at the edges may differ: never more than there is context, in any hunk. */
  private int fuzz() {
    int fuzz = MAX_FUZZ;
    for (AbstractDelta<String> hunk : hunks.getDeltas()) {
      List<String> before = hunk.getSource().getLines();
      List<String> after = hunk.getTarget().getLines();
      int shortest = Math.min(before.size(), after.size());
      int leading = 0;
      while (leading < shortest && before.get(leading).equals(after.get(leading))) {
        leading++;
      }
      int trailing = 0;
      while (trailing < shortest - leading
          && before
              .get(before.size() - 1 - trailing)
              .equals(after.get(after.size() - 1 - trailing))) {
        trailing++;
      }
      fuzz = Math.min(fuzz, Math.min(leading, trailing));
    }
    return fuzz;
  }

  private String misfit(List<String> lines) {
    List<String> misfits = new ArrayList<>();
    for (AbstractDelta<String> hunk : hunks.getDeltas()) {
      Patch<String> alone = new Patch<>();
      alone.addDelta(hunk);
      try {
        alone.applyFuzzy(lines, fuzz());
      } catch (PatchFailedException e) {
        misfits.add("the hunk at line " + (hunk.getSource().getPosition() + 1) + " does not fit");
      }
    }
    return misfits.isEmpty()
        ? "its hunks fit one by one, but not together"
        : String.join(", ", misfits);
  }

  private static SourceEditException present(String file) {
    return new SourceEditException(
        Reason.ALREADY_PRESENT,
        List.of(file),
        "patching " + file,
        "the patch is already in the tree",
        "leave the patch out, or take back the one that is in the tree",
        null);
  }

  private static SourceEditException doesNotFit(String file, String why) {
    return new SourceEditException(
        Reason.DOES_NOT_FIT,
        List.of(file),
        "patching " + file,
        why,
        "make the patch from this version of the tree",
        null);
  }
}
