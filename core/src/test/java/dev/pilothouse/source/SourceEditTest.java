package dev.pilothouse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.source.SourceEditException.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceEditTest {
  private static final String FILE = "pilot/a.go";

  @TempDir Path root;

  @BeforeEach
  void makeFile() {
    FakeIstio.write(
        root, FILE, "package a\n\nfunc One() {\n\treturn 1\n}\n\nfunc Two() {\n\treturn 2\n}\n");
  }

  @Test
  void replacesTheOnlyPlace() {
    assertThat(edited(SourceEdit.replace(FILE, "return 1", "return 11")))
        .isEqualTo("package a\n\nfunc One() {\n\treturn 11\n}\n\nfunc Two() {\n\treturn 2\n}\n");
  }

  @Test
  void replacesTextOfSeveralLines() {
    assertThat(edited(SourceEdit.replace(FILE, "{\n\treturn 2\n}\n", "{ return 2 }\n")))
        .endsWith("func Two() { return 2 }\n");
  }

  @Test
  void saysHowOftenAndWhereAnAmbiguousTextIs() {
    SourceEditException e = failure(SourceEdit.replace(FILE, "\treturn", "\t\treturn"));
    assertThat(e.reason()).isEqualTo(Reason.AMBIGUOUS);
    assertThat(e.files()).containsExactly(FILE);
    assertThat(e).hasMessageContaining("2 times").hasMessageContaining("lines 4, 8");
  }

  @Test
  void showsTheMostSimilarLineOfAMissingText() {
    SourceEditException e = failure(SourceEdit.replace(FILE, "func Tow() {", "func Three() {"));
    assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(e).hasMessageContaining("line 7: func Two() {");
  }

  @Test
  void saysWhenOnlyWhiteSpaceDiffers() {
    SourceEditException e = failure(SourceEdit.replace(FILE, "    return 2", "    return 3"));
    assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(e).hasMessageContaining("line 8").hasMessageContaining("only white space differs");
  }

  @Test
  void insertsAfterTheLineOfTheMarker() {
    assertThat(edited(SourceEdit.insertAfter(FILE, "func One()", "\tprintln(1)")))
        .contains("func One() {\n\tprintln(1)\n\treturn 1\n");
  }

  @Test
  void insertsAfterAMarkerOfSeveralLines() {
    assertThat(edited(SourceEdit.insertAfter(FILE, "return 1\n}\n", "// end\n")))
        .contains("\treturn 1\n}\n// end\n\nfunc Two()");
  }

  @Test
  void insertsBeforeTheLineOfTheMarker() {
    assertThat(edited(SourceEdit.insertBefore(FILE, "return 2", "\tprintln(2)")))
        .contains("func Two() {\n\tprintln(2)\n\treturn 2\n");
    assertThat(edited(SourceEdit.insertBefore(FILE, "package a", "// First.")))
        .startsWith("// First.\npackage a\n");
  }

  @Test
  void insertsAtAnEndWithoutLineBreak() {
    FakeIstio.write(root, FILE, "package a");
    assertThat(edited(SourceEdit.insertAfter(FILE, "package a", "// end")))
        .isEqualTo("package a\n// end\n");
  }

  @Test
  void keepsTheLineBreaksOfAFile() {
    FakeIstio.write(root, FILE, "package a\r\n\r\nvar x = 1\r\n");
    assertThat(edited(SourceEdit.insertAfter(FILE, "package a", "// hi")))
        .isEqualTo("package a\r\n// hi\r\n\r\nvar x = 1\r\n");
  }

  @Test
  void refusesWhatIsAlreadyThere() {
    for (SourceEdit edit :
        List.of(
            SourceEdit.replace(FILE, "return 1", "return 11"),
            SourceEdit.replace(FILE, "return 1", "println(1)\n\treturn 1"),
            SourceEdit.insertAfter(FILE, "func One() {", "\tprintln(1)"),
            SourceEdit.insertBefore(FILE, "return 2", "\tprintln(2)"))) {
      makeFile();
      FakeIstio.write(root, FILE, edited(edit));
      assertThat(failure(edit).reason()).as(edit.toString()).isEqualTo(Reason.ALREADY_PRESENT);
    }
  }

  @Test
  void laterEditsSeeWhatEarlierOnesDid() {
    assertThat(
            edited(
                SourceEdit.replace(FILE, "return 1", "return 11"),
                SourceEdit.insertBefore(FILE, "return 11", "\tprintln()")))
        .contains("\tprintln()\n\treturn 11\n");
  }

  @Test
  void editsThatCancelOutChangeNothing() {
    assertThat(
            changes(
                SourceEdit.replace(FILE, "return 1", "return 11"),
                SourceEdit.replace(FILE, "return 11", "return 1")))
        .isEmpty();
  }

  @Test
  void refusesFilesThatAreNotThereOrNotBelowTheRoot() throws Exception {
    assertThat(failure(SourceEdit.replace("pilot/b.go", "a", "b")).reason())
        .isEqualTo(Reason.NO_SUCH_FILE);
    for (String file : List.of("../a.go", "/etc/passwd", "pilot/../pilot/a.go", "", ".")) {
      assertThat(failure(SourceEdit.replace(file, "a", "b")).reason())
          .as(file)
          .isEqualTo(Reason.BAD_EDIT);
    }
    Files.write(root.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 'a'});
    assertThat(failure(SourceEdit.replace("binary", "a", "b")).reason()).isEqualTo(Reason.BAD_EDIT);
  }

  @Test
  void refusesEditsThatDoNothing() {
    assertThatThrownBy(() -> SourceEdit.replace(FILE, "a", "a"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SourceEdit.replace(FILE, "", "a"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SourceEdit.insertAfter(FILE, "a", ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private String edited(SourceEdit... edits) {
    return Objects.requireNonNull(changes(edits).get(FILE)).orElseThrow();
  }

  private Map<String, Optional<String>> changes(SourceEdit... edits) {
    return SourceFiles.edited(root, List.of(edits)).changes();
  }

  private SourceEditException failure(SourceEdit edit) {
    return catchThrowableOfType(SourceEditException.class, () -> changes(edit));
  }

  @Test
  void readsTextAsUtf8() throws Exception {
    Files.write(root.resolve(FILE), "package a // ü\n".getBytes(StandardCharsets.UTF_8));
    assertThat(edited(SourceEdit.replace(FILE, "ü", "ö"))).isEqualTo("package a // ö\n");
  }
}
