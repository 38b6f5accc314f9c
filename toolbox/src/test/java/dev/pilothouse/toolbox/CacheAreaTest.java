package dev.pilothouse.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheAreaTest {
  @TempDir Path directory;
  private CacheArea area;

  @BeforeEach
  void makeArea() {
    area = CacheArea.of(Toolbox.builder().cacheDirectory(directory).build(), "area");
  }

  @Test
  void makesOnceAndFindsAgain() {
    AtomicInteger made = new AtomicInteger();
    CacheArea.Maker maker =
        folder -> Files.writeString(folder.resolve("n"), "" + made.incrementAndGet());
    Path first = area.provide("abc", () -> {}, maker);
    Path second = area.provide("abc", () -> {}, maker);
    assertThat(second).isEqualTo(first);
    assertThat(first.resolve("n")).hasContent("1");
    assertThat(area.find("abc")).contains(first);
    assertThat(area.find("abd")).isEmpty();
  }

  @Test
  void aFailedMakerLeavesNothing() throws IOException {
    CacheArea.Maker failing =
        folder -> {
          Files.writeString(folder.resolve("half"), "");
          throw new IOException("disk is full");
        };
    assertThatThrownBy(() -> area.provide("abc", () -> {}, failing))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("disk is full");
    assertThat(area.find("abc")).isEmpty();
    assertThat(filesBelow(directory)).noneMatch(file -> file.endsWith("half"));
  }

  @Test
  void threadsThatAskForTheSameShareOne() throws Exception {
    AtomicInteger made = new AtomicInteger();
    AtomicInteger waited = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Path> ask =
          () ->
              area.provide(
                  "abc",
                  waited::incrementAndGet,
                  folder -> {
                    made.incrementAndGet();
                    while (waited.get() < 3) {
                      Thread.onSpinWait();
                    }
                  });
      List<Future<Path>> asked = threads.invokeAll(List.of(ask, ask, ask, ask));
      for (Future<Path> path : asked) {
        assertThat(path.get()).isEqualTo(asked.get(0).get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(made).hasValue(1);
  }

  @Test
  void prunesWhatWasNotUsedForLongest() throws IOException {
    List<Path> entries =
        IntStream.range(0, 5)
            .mapToObj(i -> area.provide("key" + i, () -> {}, folder -> {}))
            .toList();
    for (int i = 0; i < 5; i++) {
      Files.setLastModifiedTime(entries.get(i), FileTime.from(Instant.now().minusSeconds(60 - i)));
    }
    assertThat(area.find("key0")).isPresent();

    List<Path> pruned = area.prune(2, entry -> entry.equals(entries.get(1)));

    assertThat(pruned).containsExactlyInAnyOrder(entries.get(2), entries.get(3));
    assertThat(entries.get(2)).doesNotExist();
    assertThat(Stream.of(0, 1, 4).map(entries::get)).allMatch(Files::isDirectory);
  }

  @Test
  void doesNotPruneBesideOneThatIsBeingMade() {
    Path old = area.provide("key-old", () -> {}, folder -> {});
    area.provide(
        "key-new", () -> {}, folder -> assertThat(area.prune(0, entry -> false)).isEmpty());
    assertThat(old).isDirectory();
  }

  private static List<Path> filesBelow(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.collect(Collectors.toList());
    }
  }
}
