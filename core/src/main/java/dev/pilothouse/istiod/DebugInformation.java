package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.Flavor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Whether a debugger can see variables and lines in a binary. */
final class DebugInformation {
  private static final int ELF = 0x464C457F;
  private static final int CLASS_64 = 2;
  private static final int HEADER = 64;

  private DebugInformation() {}

  /** Refuses a binary that was stripped, as released ones are. */
  static void require(String tried, IstiodBinary binary) {
    if (binary.flavor() == Flavor.RELEASE || !in(tried, binary.path())) {
      throw new PilothouseException(
          tried,
          binary.path() + " has no debug information: it is stripped, as a release is",
          "compile it with CompileOptions.debug(), as a DevLoop does that is made while istiod is"
              + " under Delve",
          null,
          null);
    }
  }

  /** Looks for the section with the types and variables. What is no 64-bit ELF file may have it. */
  private static boolean in(String tried, Path file) {
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "r")) {
      long size = opened.length();
      if (size < HEADER) {
        return true;
      }
      ByteBuffer header = opened.getChannel().map(MapMode.READ_ONLY, 0, HEADER);
      header.order(ByteOrder.LITTLE_ENDIAN);
      if (header.getInt(0) != ELF || header.get(4) != CLASS_64) {
        return true;
      }
      long table = header.getLong(0x28);
      int entry = header.getShort(0x3A) & 0xFFFF;
      int entries = header.getShort(0x3C) & 0xFFFF;
      int names = header.getShort(0x3E) & 0xFFFF;
      ByteBuffer sections =
          opened.getChannel().map(MapMode.READ_ONLY, table, (long) entry * entries);
      sections.order(ByteOrder.LITTLE_ENDIAN);
      long offset = sections.getLong(names * entry + 0x18);
      long length = sections.getLong(names * entry + 0x20);
      byte[] text = new byte[(int) length];
      opened.getChannel().map(MapMode.READ_ONLY, offset, length).get(text);
      String all = new String(text, StandardCharsets.ISO_8859_1);
      return all.contains("debug_info\0");
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new PilothouseException(
          tried, file + " cannot be read: " + e, "is it an istiod for Linux?", null, e);
    }
  }
}
