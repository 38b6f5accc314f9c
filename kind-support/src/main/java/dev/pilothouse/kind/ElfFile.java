package dev.pilothouse.kind;

import dev.pilothouse.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A program for Linux, by the head of its file.
 *
 * @param architecture in Go's words, as {@code amd64}
 * @param isStatic whether it runs without an interpreter (the dynamic linker)
 */
record ElfFile(String architecture, boolean isStatic) {
  private static final int HEAD = 64;
  private static final int MOST_PROGRAM_HEADERS = 4096;
  private static final int PT_INTERP = 3;

  /**
   * Reads the head of a program.
   *
   * @param tried what it is read for, for the message
   */
  static ElfFile read(String tried, Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      ByteBuffer head = ByteBuffer.wrap(in.readNBytes(HEAD)).order(ByteOrder.LITTLE_ENDIAN);
      if (head.capacity() < HEAD || head.getInt(0) != 0x464c457f || head.get(4) != 2) {
        throw unusable(tried, file, "it is no 64 bit program for Linux (ELF)");
      }
      if (head.get(5) != 1) {
        head.order(ByteOrder.BIG_ENDIAN);
      }
      return new ElfFile(architecture(head.getShort(18)), !hasInterpreter(in, head));
    } catch (NoSuchFileException e) {
      throw unusable(tried, file, "there is no such file");
    } catch (IOException e) {
      throw unusable(tried, file, e.toString());
    }
  }

  private static ImageException unusable(String tried, Path file, String why) {
    return new ImageException(
        ImageException.Reason.UNUSABLE_FILE,
        tried,
        file + ": " + why,
        "containers run programs for Linux: compile with GOOS=linux and CGO_ENABLED=0",
        null,
        null);
  }

  private static String architecture(short machine) {
    return switch (machine) {
      case 3 -> "386";
      case 20 -> "ppc64";
      case 21 -> "ppc64le";
      case 22 -> "s390x";
      case 40 -> "arm";
      case 62 -> "amd64";
      case 183 -> "arm64";
      case 243 -> "riscv64";
      default -> "machine " + machine;
    };
  }

  private static boolean hasInterpreter(InputStream in, ByteBuffer head) throws IOException {
    long start = head.getLong(32);
    int size = Short.toUnsignedInt(head.getShort(54));
    int count = Math.min(Short.toUnsignedInt(head.getShort(56)), MOST_PROGRAM_HEADERS);
    in.skipNBytes(start - HEAD);
    ByteBuffer headers = ByteBuffer.wrap(in.readNBytes(size * count)).order(head.order());
    for (int at = 0; at + size <= headers.capacity() && size >= Integer.BYTES; at += size) {
      if (headers.getInt(at) == PT_INTERP) {
        return true;
      }
    }
    return false;
  }
}
