package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Streams and pipes, which may never end. */
class SourcesTest {
  private static final EnvoyConfigInspector QUICK =
      EnvoyConfigInspector.create(
          ReadLimits.DEFAULT.withTimeout(Duration.ofSeconds(1)).withMaxBytes(100_000));

  @Test
  void aStreamIsReadOnceAndKept() {
    ConfigSource source = ConfigSource.stream("stdin", stream(Dumps.text("routes.json")));

    EnvoyConfig config = QUICK.read(source);

    assertThat(config.route("80")).isPresent();
    assertThat(config.source()).isEqualTo("stdin");
    assertThat(QUICK.read(source).raw()).isEqualTo(config.raw());
  }

  @Test
  void aStreamThatStallsEndsWithTheTimeout() throws IOException {
    try (PipedOutputStream out = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(out)) {
      out.write('{');

      assertThatThrownBy(() -> QUICK.read(ConfigSource.stream("pipe", in)))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("reading pipe: it did not end within 1000 ms");
    }
  }

  @Test
  void aStreamThatIsTooLargeIsRefused() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return ' ';
          }

          @Override
          public int read(byte[] buffer, int offset, int length) {
            Arrays.fill(buffer, offset, offset + length, (byte) ' ');
            return length;
          }
        };

    assertThatThrownBy(() -> QUICK.read(ConfigSource.stream("endless", endless)))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("limit of 100000 bytes");
  }

  @Test
  void aStreamThatBreaksIsNamed() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the cable is cut");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            throw new IOException("the cable is cut");
          }
        };

    assertThatThrownBy(() -> QUICK.read(ConfigSource.stream("cable", broken)))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("reading cable: ")
        .hasMessageContaining("the cable is cut");
  }

  @Test
  void anInterruptEndsTheReadAndStays() throws Exception {
    try (PipedOutputStream out = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(out)) {
      AtomicReference<EnvoyConfigException> thrown = new AtomicReference<>();
      AtomicReference<Boolean> stays = new AtomicReference<>();
      Thread asking =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                thrown.set(
                    catchThrowableOfType(
                        EnvoyConfigException.class,
                        () -> QUICK.read(ConfigSource.stream("pipe", in))));
                stays.set(Thread.currentThread().isInterrupted());
              });
      asking.start();
      asking.join();

      assertThat(thrown.get()).hasMessageContaining("interrupted");
      assertThat(stays.get()).isTrue();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aNamedPipeThatNobodyWritesEndsWithTheTimeout(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    try {
      assertThatThrownBy(() -> QUICK.read(ConfigSource.file(pipe)))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("it did not end within 1000 ms");
    } finally {
      // Lets the reader go.
      java.nio.file.Files.newOutputStream(pipe).close();
    }
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
