package dev.pilothouse.envoy;

import com.google.common.collect.Iterators;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * Searches JSON for what {@link SecretText} finds, in pieces and in other threads, a little ahead
 * of the one that reads it through {@link #stream()}. The JSON must not be changed meanwhile.
 */
final class SecretSearch {
  private static final int PIECE = 1 << 18;

  private final byte[] json;
  private final List<Piece> pieces = new ArrayList<>();

  /**
   * A part of the JSON.
   *
   * @param blanked gives it without secrets, if it has any
   */
  private record Piece(int from, int to, ForkJoinTask<Optional<byte[]>> blanked) {}

  private SecretSearch(byte[] json) {
    this.json = json;
  }

  static SecretSearch of(byte[] json) {
    SecretSearch search = new SecretSearch(json);
    for (int from = 0; from < json.length; ) {
      int start = from;
      int end = search.cut(start);
      ForkJoinTask<Optional<byte[]>> task = ForkJoinTask.adapt(() -> search.blank(start, end));
      search.pieces.add(new Piece(start, end, task));
      if (json.length > PIECE) {
        ForkJoinPool.commonPool().execute(task);
      } else {
        task.invoke();
      }
      from = end;
    }
    return search;
  }

  /** Where a piece may end: behind a string and a comma. No secret is on both sides of those. */
  private int cut(int from) {
    int at = from;
    for (at += Math.min(PIECE, json.length - from); at < json.length; at++) {
      if (json[at - 1] == ',' && json[at - 2] == '"' && json[at - 3] != '\\') {
        break;
      }
    }
    return at;
  }

  private Optional<byte[]> blank(int from, int to) {
    byte[] before = Arrays.copyOfRange(json, from, to);
    byte[] after = SecretText.blank(before);
    return after == before ? Optional.empty() : Optional.of(after);
  }

  /** The JSON without secrets. Where the search has not come yet, reading waits for it. */
  InputStream stream() {
    return new SequenceInputStream(
        Iterators.asEnumeration(Iterators.transform(pieces.iterator(), this::stream)));
  }

  private InputStream stream(Piece piece) {
    return piece
        .blanked
        .join()
        .map(ByteArrayInputStream::new)
        .orElseGet(() -> new ByteArrayInputStream(json, piece.from, piece.to - piece.from));
  }

  /** The same as a whole, when the search is over; the array itself if it has no secrets. */
  byte[] bytes() {
    byte[] whole = json;
    for (Piece piece : pieces) {
      Optional<byte[]> blanked = piece.blanked.join();
      if (blanked.isPresent()) {
        whole = whole == json ? json.clone() : whole;
        System.arraycopy(blanked.get(), 0, whole, piece.from, piece.to - piece.from);
      }
    }
    return whole;
  }
}
