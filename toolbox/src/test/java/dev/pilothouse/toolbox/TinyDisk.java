package dev.pilothouse.toolbox;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A file system of 64 KiB, where the machine lets us mount one; else the test is skipped. */
final class TinyDisk implements AutoCloseable {
  private final Path where;

  private TinyDisk(Path where) {
    this.where = where;
  }

  static TinyDisk mount(Path where) throws IOException {
    int code =
        run("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "pilothouse-test", where.toString());
    assumeTrue(code == 0, "a tiny disk needs the right to mount (root)");
    return new TinyDisk(where);
  }

  /** Leaves no byte. */
  void fill() throws IOException {
    boolean full = false;
    try (OutputStream out = Files.newOutputStream(where.resolve("filler"))) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException e) {
      full = true;
    }
    assumeTrue(full);
  }

  List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(where)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  void empty() throws IOException {
    Files.delete(where.resolve("filler"));
  }

  @Override
  public void close() throws IOException {
    if (run("umount", where.toString()) != 0) {
      throw new IOException("cannot unmount " + where);
    }
  }

  private static int run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .onExit()
          .join()
          .exitValue();
    } catch (IOException e) {
      return 127; // No such program.
    }
  }
}
