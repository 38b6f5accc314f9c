package dev.pilothouse.envoy.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TextLayoutTest {
  @Test
  void columnsAreAlignedAndEmptyOnesLeftOut() {
    assertThat(
            TextLayout.of(
                List.of("NAME", "EMPTY", "PORT"),
                List.of(List.of("a-long-name", "", "1"), List.of("b", "", "22")),
                100))
        .isEqualTo("NAME          PORT\na-long-name   1\nb             22\n");
  }

  @Test
  void withoutRowsTheNamesAreLeft() {
    assertThat(TextLayout.of(List.of("A", "B"), List.of(), 100)).isEqualTo("A   B\n");
  }

  @Test
  void theWidestGivesWayAtItsJoints() {
    assertThat(
            TextLayout.of(
                List.of("N", "TEXT"),
                List.of(
                    List.of("a", "outbound|8000|v1|httpbin.default"),
                    List.of("a", "one two three four five")),
                24))
        .isEqualTo(
            """
            N   TEXT
            a   outbound|8000|v1|
                  httpbin.default
            "   one two three four
                  five
            """);
  }

  @Test
  void linesInACellStayLines() {
    assertThat(TextLayout.of(List.of("A", "B"), List.of(List.of("x\ny", "z")), 100))
        .isEqualTo("A   B\nx   z\ny\n");
  }

  /** Whatever the width, all characters of all cells are there, and no line is too long. */
  @Test
  void nothingIsLost() {
    Random random = new Random(1);
    for (int round = 0; round < 300; round++) {
      List<String> columns = List.of("A", "B", "C");
      List<List<String>> rows =
          Stream.generate(() -> List.of(word(random), word(random), word(random)))
              .limit(3)
              .toList();
      int width = 42 + random.nextInt(100);

      String text = TextLayout.of(columns, rows, width);

      assertThat(text.lines()).allMatch(line -> line.length() <= width);
      assertThat(sorted(text.replace("\"", "")))
          .isEqualTo(
              sorted("ABC" + rows.stream().flatMap(List::stream).reduce("", String::concat)));
    }
  }

  private static String word(Random random) {
    String letters = "abc .|/-,_";
    StringBuilder word = new StringBuilder("w" + random.nextInt());
    int length = random.nextInt(60);
    for (int i = 0; i < length; i++) {
      word.append(letters.charAt(random.nextInt(letters.length())));
    }
    return word.toString();
  }

  private static String sorted(String text) {
    char[] characters = text.replaceAll("\\s", "").toCharArray();
    java.util.Arrays.sort(characters);
    return new String(characters);
  }
}
