package dev.pilothouse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.source.SourceEditException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceEditPatchTest {
  private static final String NUMBERS = lines(1, 30);

  @TempDir Path root;

  private static String lines(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(i -> "line " + i + "\n")
        .collect(Collectors.joining());
  }

  @BeforeEach
  void makeFiles() {
    FakeIstio.write(root, "a/numbers.go", NUMBERS);
    FakeIstio.write(root, "a/old.go", "package a\n");
  }

  private static final String CHANGE_15 =
      """
      diff --git a/a/numbers.go b/a/numbers.go
      index 0123456..789abcd 100644
      --- a/a/numbers.go
      +++ b/a/numbers.go
      @@ -12,7 +12,8 @@ func something()
       line 12
       line 13
       line 14
      -line 15
      +line fifteen
      +line fifteen and a half
       line 16
       line 17
       line 18
      """;

  @Test
  void changesLines() {
    assertThat(changes(CHANGE_15))
        .containsOnlyKeys("a/numbers.go")
        .containsEntry(
            "a/numbers.go",
            Optional.of(lines(1, 14) + "line fifteen\nline fifteen and a half\n" + lines(16, 30)));
    assertThat(SourceEdit.patch(CHANGE_15).files()).containsExactly("a/numbers.go");
  }

  @Test
  void findsLinesThatHaveMoved() {
    FakeIstio.write(root, "a/numbers.go", "new\nlines\nabove\n" + NUMBERS);
    assertThat(patched("a/numbers.go", CHANGE_15))
        .startsWith("new\nlines\nabove\nline 1\n")
        .contains("line 14\nline fifteen\nline fifteen and a half\nline 16\n");
  }

  @Test
  void bearsOtherContextAtTheEdges() {
    FakeIstio.write(
        root,
        "a/numbers.go",
        NUMBERS.replace("line 12\n", "line twelve\n").replace("line 17\n", "line seventeen\n"));
    assertThat(patched("a/numbers.go", CHANGE_15))
        .contains("line twelve\nline 13\nline 14\nline fifteen\n")
        .contains("line fifteen and a half\nline 16\nline seventeen\nline 18\n");
  }

  @Test
  void neverAppliesHalfAHunk() {
    // The hunk starts with the change: no context before it that might be left out.
    String atTheStart =
        """
        --- a/a/numbers.go
        +++ b/a/numbers.go
        @@ -1,4 +1,4 @@
        -line 1
        +line one
         line 2
         line 3
         line 4
        """;
    FakeIstio.write(root, "a/numbers.go", NUMBERS.replace("line 1\n", "line uno\n"));
    assertThat(failure(atTheStart).reason()).isEqualTo(Reason.DOES_NOT_FIT);
  }

  @Test
  void saysWhichHunkDoesNotFit() {
    FakeIstio.write(root, "a/numbers.go", NUMBERS.replace("line 15\n", "line XV\n"));
    SourceEditException e = failure(CHANGE_15);
    assertThat(e.reason()).isEqualTo(Reason.DOES_NOT_FIT);
    assertThat(e.files()).containsExactly("a/numbers.go");
    assertThat(e).hasMessageContaining("the hunk at line 12 does not fit");
  }

  @Test
  void knowsWhatIsAlreadyThere() {
    FakeIstio.write(root, "a/numbers.go", patched("a/numbers.go", CHANGE_15));
    assertThat(failure(CHANGE_15).reason()).isEqualTo(Reason.ALREADY_PRESENT);
  }

  @Test
  void createsDeletesRenamesAndCopies() {
    String patch =
        """
        From 0123456789 Mon Sep 17 00:00:00 2001
        Subject: several files
        ---
         a/new.go | 2 ++
        diff --git a/a/new.go b/a/new.go
        new file mode 100644
        index 0000000..1111111
        --- /dev/null
        +++ b/a/new.go
        @@ -0,0 +1,2 @@
        +package a
        +var x = 1
        \\ No newline at end of file
        diff --git a/a/empty.go b/a/empty.go
        new file mode 100644
        index 0000000..e69de29
        diff --git a/a/old.go b/a/old.go
        deleted file mode 100644
        --- a/a/old.go
        +++ /dev/null
        @@ -1 +0,0 @@
        -package a
        diff --git a/a/numbers.go b/b/digits.go
        similarity index 90%
        rename from a/numbers.go
        rename to b/digits.go
        --- a/a/numbers.go
        +++ b/b/digits.go
        @@ -1,3 +1,3 @@
        -line 1
        +line one
         line 2
         line 3
        --\s
        2.39.5
        """;
    assertThat(changes(patch))
        .containsOnly(
            Map.entry("a/new.go", Optional.of("package a\nvar x = 1")),
            Map.entry("a/empty.go", Optional.of("")),
            Map.entry("a/old.go", Optional.empty()),
            Map.entry("a/numbers.go", Optional.empty()),
            Map.entry("b/digits.go", Optional.of("line one\n" + lines(2, 30))));
  }

  @Test
  void aCopyLeavesTheOriginal() {
    String patch =
        """
        diff --git a/a/old.go b/a/copy.go
        similarity index 100%
        copy from a/old.go
        copy to a/copy.go
        """;
    assertThat(changes(patch)).containsOnly(Map.entry("a/copy.go", Optional.of("package a\n")));
  }

  @Test
  void takesLinesThatLookLikeHeaders() {
    FakeIstio.write(root, "a/sql.go", "a\n-- comment\nb\nc\n\nd\n");
    String patch =
        """
        --- a/a/sql.go\t2026-01-01 00:00:00
        +++ b/a/sql.go\t2026-01-01 00:00:01
        @@ -1,6 +1,6 @@
         a
        --- comment
        +++ plus
         b
         c

         d
        """;
    assertThat(patched("a/sql.go", patch)).isEqualTo("a\n++ plus\nb\nc\n\nd\n");
  }

  @Test
  void refusesToOverwriteOrDeleteOtherContent() {
    String create = "--- /dev/null\n+++ b/a/old.go\n@@ -0,0 +1 @@\n+package b\n";
    assertThat(failure(create).reason()).isEqualTo(Reason.DOES_NOT_FIT);
    String delete = "--- a/a/old.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-package b\n";
    assertThat(failure(delete).reason()).isEqualTo(Reason.DOES_NOT_FIT);
    String deleteBeginning = "--- a/a/numbers.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-line 1\n";
    assertThat(failure(deleteBeginning).reason()).isEqualTo(Reason.DOES_NOT_FIT);
  }

  @Test
  void createdAndDeletedAlready() throws Exception {
    String create = "--- /dev/null\n+++ b/a/old.go\n@@ -0,0 +1 @@\n+package a\n";
    assertThat(failure(create).reason()).isEqualTo(Reason.ALREADY_PRESENT);
    String delete = "--- a/a/old.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-package a\n";
    Files.delete(root.resolve("a/old.go"));
    assertThat(failure(delete).reason()).isEqualTo(Reason.ALREADY_PRESENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no patch at all\n",
        "@@ -1 +1 @@\n-a\n+b\n",
        "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n",
        "--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n-b\n",
        "--- a/x\n+++ b/x\n@@ -1,0 +2,1 @@\n+a\n",
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
        "diff --git a/x b/x\nindex 1..2\nGIT binary patch\n",
        "diff --git a/x b/x\nindex 1..2\n"
      })
  void refusesWhatIsNoPatch(String text) {
    assertThat(
            catchThrowableOfType(SourceEditException.class, () -> SourceEdit.patch(text)).reason())
        .isEqualTo(Reason.BAD_EDIT);
  }

  @Test
  void doesWhatGitDoes() {
    FakeIstio.git(root, "init", "-q");
    FakeIstio.commit(root, "before");
    FakeIstio.write(
        root, "a/numbers.go", "line 0\n" + lines(1, 9) + "ten\n" + lines(11, 28) + "line 29");
    FakeIstio.write(root, "c/created.go", "package c\n");
    FakeIstio.git(root, "rm", "-q", "a/old.go");
    FakeIstio.git(root, "add", "-A");
    String after = FakeIstio.read(root, "a/numbers.go");
    String patch = FakeIstio.git(root, "diff", "--cached");
    FakeIstio.git(root, "reset", "-q", "--hard");

    Map<String, Optional<String>> changes = changes(patch);

    assertThat(changes).containsOnlyKeys("a/numbers.go", "a/old.go", "c/created.go");
    assertThat(patched("a/numbers.go", patch).stripTrailing()).isEqualTo(after);
  }

  private Map<String, Optional<String>> changes(String patch) {
    return SourceFiles.edited(root, List.of(SourceEdit.patch(patch))).changes();
  }

  private String patched(String file, String patch) {
    return Objects.requireNonNull(changes(patch).get(file)).orElseThrow();
  }

  private SourceEditException failure(String patch) {
    return catchThrowableOfType(SourceEditException.class, () -> changes(patch));
  }
}
