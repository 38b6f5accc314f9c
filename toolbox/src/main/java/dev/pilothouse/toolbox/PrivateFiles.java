package dev.pilothouse.toolbox;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Files (0600) and folders (0700) that only their owner can read. Streams, not channels: an
 * interrupt would close a channel, and cleaning up must work in an interrupted thread.
 */
final class PrivateFiles {
  private static final Set<PosixFilePermission> OWNER_ALL =
      PosixFilePermissions.fromString("rwx------");
  static final FileAttribute<?> DIRECTORY_MODE = PosixFilePermissions.asFileAttribute(OWNER_ALL);
  static final FileAttribute<?> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private PrivateFiles() {}

  /**
   * Makes a folder, and those that are missing between it and {@code base}. Refuses to go through a
   * symbolic link.
   */
  static Path makeDirectories(Path base, Path directory) throws IOException {
    if (directory.equals(base)) {
      return directory;
    }
    makeDirectories(base, directory.resolveSibling(""));
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(directory, DIRECTORY_MODE);
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
          throw e;
        }
      }
    }
    return directory;
  }

  /** Writes beside the file and renames: a reader sees the old content or the new one. */
  static void replace(Path file, String content) throws IOException {
    String random = Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);
    Path draft = Files.createFile(file.resolveSibling(".draft-" + random), FILE_MODE);
    try {
      try (OutputStream out = Files.newOutputStream(draft, StandardOpenOption.WRITE)) {
        out.write(content.getBytes(StandardCharsets.UTF_8));
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Deletes a folder and all below it, folders that their owner may not write to included. Symbolic
   * links are deleted, never followed.
   */
  static void deleteTree(Path path) throws IOException {
    try {
      PosixFileAttributes attributes =
          Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isDirectory()) {
        if (!attributes.permissions().containsAll(OWNER_ALL)) {
          Files.setPosixFilePermissions(path, OWNER_ALL);
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
          for (Path child : children) {
            deleteTree(child);
          }
        }
      }
      Files.delete(path);
    } catch (NoSuchFileException e) {
      return; // What is to be achieved.
    }
  }
}
