package dev.pilothouse.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Copies the data folder of an etcd that does not run. */
final class EtcdData {
  private static final int BLOCK = 4096;
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rw-------");

  private EtcdData() {}

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path source : (Iterable<Path>) all::iterator) {
        Path target = to.resolve(from.relativize(source).toString());
        String name = source.toString();
        if (Files.isDirectory(source)) {
          Files.createDirectories(target);
          // etcd wants it so, too
          Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
        } else if (name.endsWith(".wal")) {
          copyWithoutPreallocation(source, target);
        } else if (!name.endsWith(".tmp")) {
          Files.copy(source, target);
        }
      }
    }
  }

  /** etcd gives its log 64 MB at once; all but the beginning are zeros. */
  private static void copyWithoutPreallocation(Path source, Path target) throws IOException {
    try (FileChannel in = FileChannel.open(source);
        FileChannel out =
            FileChannel.open(target, NEW, PosixFilePermissions.asFileAttribute(OWNER_ALONE))) {
      long end = in.size();
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      while (end > 0) {
        long begin = (end - 1) / BLOCK * BLOCK;
        block.clear();
        in.read(block, begin);
        if (hasContent(block.flip())) {
          break;
        }
        end = begin;
      }
      for (long done = 0; done < end; ) {
        done += in.transferTo(done, end - done, out);
      }
    }
  }

  private static boolean hasContent(ByteBuffer block) {
    while (block.hasRemaining()) {
      if (block.get() != 0) {
        return true;
      }
    }
    return false;
  }

  static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
