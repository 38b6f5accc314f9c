package dev.pilothouse.envoy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Blanks private keys in PEM wherever they stand in a text, plain or in base64: a key may be in a
 * field that nobody expects it in, or in a type that this library does not know.
 *
 * <p>What is between the first and the last line of a key is overwritten, so that offsets stay and
 * certificates in the same string can still be read.
 */
final class KeyText {
  private static final String MARK = "PRIVATE KEY-----";

  /** The mark as it is, and in base64 for each of the three ways that its bytes can be aligned. */
  private static final byte[][] MARKS = {ascii(MARK), base64(0), base64(1), base64(2)};

  private static final int SHORTEST = Arrays.stream(MARKS).mapToInt(m -> m.length).min().orElse(1);

  /** How far the search may jump when it stands at a byte (Horspool's algorithm). */
  private static final int[] JUMPS = jumps();

  private final byte[] text;
  private final byte[] blanked;
  private int stringStart;
  private int stringEnd;

  private record Hit(int start, int end, boolean base64) {}

  private KeyText(byte[] text) {
    this.text = text;
    this.blanked = text.clone();
  }

  /** The text without keys; the same array when there are none. */
  static byte[] blank(byte[] text) {
    Hit first = find(text, 0, text.length);
    return first == null ? text : new KeyText(text).blankFrom(first);
  }

  private byte[] blankFrom(Hit first) {
    for (Hit begin = first; begin != null; ) {
      enterString(begin);
      Hit last = find(text, begin.end(), stringEnd);
      overwrite(begin, last == null ? stringEnd : last.start());
      begin = find(text, last == null ? stringEnd : last.end(), text.length);
    }
    return blanked;
  }

  /** Finds the ends of the string that a key stands in; once, if it holds many. */
  private void enterString(Hit begin) {
    if (begin.start() < stringEnd) {
      return;
    }
    int from = stringEnd;
    stringStart = begin.start();
    while (stringStart > from && text[stringStart - 1] != '"') {
      stringStart--;
    }
    int end = begin.end();
    while (end < text.length && text[end] != '"') {
      end += text[end] == '\\' ? 2 : 1;
    }
    stringEnd = Math.min(end, text.length);
  }

  private void overwrite(Hit begin, int to) {
    if (!begin.base64()) {
      Arrays.fill(blanked, begin.end(), Math.max(begin.end(), to), (byte) '*');
      return;
    }
    // Whole groups of four, so that it stays base64: these are "***".
    for (int i = stringStart + (begin.end() - stringStart + 3) / 4 * 4; i + 4 <= to; i += 4) {
      blanked[i] = 'K';
      blanked[i + 1] = 'i';
      blanked[i + 2] = 'o';
      blanked[i + 3] = 'q';
    }
  }

  private static @Nullable Hit find(byte[] text, int from, int to) {
    int at = from;
    while (at + SHORTEST <= to) {
      int jump = JUMPS[text[at + SHORTEST - 1] & 0xFF];
      if (jump == 0) {
        for (byte[] mark : MARKS) {
          int end = at + mark.length;
          if (end <= to && Arrays.equals(text, at, end, mark, 0, mark.length)) {
            return new Hit(at, end, mark != MARKS[0]);
          }
        }
        jump = 1;
      }
      at += jump;
    }
    return null;
  }

  /** Zero where a mark may end at the window's end. */
  private static int[] jumps() {
    int[] jumps = new int[256];
    Arrays.fill(jumps, SHORTEST);
    for (byte[] mark : MARKS) {
      for (int i = 0; i < SHORTEST; i++) {
        int b = mark[i] & 0xFF;
        jumps[b] = Math.min(jumps[b], SHORTEST - 1 - i);
      }
    }
    return jumps;
  }

  /** The part of the mark's base64 that does not depend on what is before and behind it. */
  private static byte[] base64(int before) {
    byte[] all = Base64.getEncoder().withoutPadding().encode(ascii("x".repeat(before) + MARK));
    int from = (before * 8 + 5) / 6;
    return Arrays.copyOfRange(all, from, (before + MARK.length()) * 8 / 6);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
