package dev.pilothouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdTemplateTest {
  private static final int PREALLOCATED = 1_000_000;

  @TempDir Path folder;

  @Test
  void aCopyHasTheDataWithoutThePreallocatedPart() throws IOException {
    Path data = etcdData();
    EtcdTemplate template = new EtcdTemplate(folder.resolve("cache/key"));

    template.save(data, List.of("v1 A", "v1 B"));
    template.copyTo(folder.resolve("copy"));

    Path member = folder.resolve("copy/member");
    assertThat(template.kinds()).containsExactly("v1 A", "v1 B");
    assertThat(member.resolve("snap/db")).hasSameBinaryContentAs(data.resolve("member/snap/db"));
    assertThat(member.resolve("wal/0.tmp")).doesNotExist();
    byte[] log = Files.readAllBytes(member.resolve("wal/0.wal"));
    assertThat(log).hasSize(8192);
    assertThat(log[5000]).isEqualTo((byte) 1);
    assertThat(Files.getPosixFilePermissions(member)).hasSize(3);
  }

  @Test
  void whoComesSecondFindsItDone() throws IOException {
    Path data = etcdData();
    EtcdTemplate template = new EtcdTemplate(folder.resolve("cache/key"));

    template.save(data, List.of("v1 First"));
    template.save(data, List.of("v1 Second"));

    assertThat(template.kinds()).containsExactly("v1 First");
    try (Stream<Path> entries = Files.list(folder.resolve("cache"))) {
      assertThat(entries).containsExactly(template.folder());
    }
  }

  @Test
  void aFailureLeavesNothingHalfMade() throws IOException {
    EtcdTemplate template = new EtcdTemplate(folder.resolve("cache/key"));

    assertThatThrownBy(() -> template.save(folder.resolve("missing"), List.of()))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining(template.folder().toString());

    assertThat(template.exists()).isFalse();
    assertThat(folder.resolve("cache")).isEmptyDirectory();
  }

  private Path etcdData() throws IOException {
    Path data = folder.resolve("data");
    Files.createDirectories(data.resolve("member/snap"));
    Files.createDirectories(data.resolve("member/wal"));
    byte[] db = new byte[PREALLOCATED];
    Arrays.fill(db, 0, 10, (byte) 7);
    Files.write(data.resolve("member/snap/db"), db);
    byte[] log = new byte[PREALLOCATED];
    log[5000] = 1;
    Files.write(data.resolve("member/wal/0.wal"), log);
    Files.write(data.resolve("member/wal/0.tmp"), new byte[PREALLOCATED]);
    return data;
  }
}
