package dev.pilothouse.kind;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Linux capabilities that nobody on this machine, or in this container, can have. */
final class Capabilities {
  private static final int HEXADECIMAL = 16;

  /** By their numbers. */
  private static final List<String> NAMES =
      List.of(
          "CHOWN",
          "DAC_OVERRIDE",
          "DAC_READ_SEARCH",
          "FOWNER",
          "FSETID",
          "KILL",
          "SETGID",
          "SETUID",
          "SETPCAP",
          "LINUX_IMMUTABLE",
          "NET_BIND_SERVICE",
          "NET_BROADCAST",
          "NET_ADMIN",
          "NET_RAW",
          "IPC_LOCK",
          "IPC_OWNER",
          "SYS_MODULE",
          "SYS_RAWIO",
          "SYS_CHROOT",
          "SYS_PTRACE",
          "SYS_PACCT",
          "SYS_ADMIN",
          "SYS_BOOT",
          "SYS_NICE",
          "SYS_RESOURCE",
          "SYS_TIME",
          "SYS_TTY_CONFIG",
          "MKNOD",
          "LEASE",
          "AUDIT_WRITE",
          "AUDIT_CONTROL",
          "SETFCAP",
          "MAC_OVERRIDE",
          "MAC_ADMIN",
          "SYSLOG",
          "WAKE_ALARM",
          "BLOCK_SUSPEND",
          "AUDIT_READ",
          "PERFMON",
          "BPF",
          "CHECKPOINT_RESTORE");

  private Capabilities() {}

  /** Those that this process's bounding set lacks, as {@code CAP_SYS_RESOURCE}. */
  static List<String> missing() throws IOException {
    int last = (int) KernelSetting.number("kernel/cap_last_cap");
    String bounding = "0";
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("CapBnd:")) {
        bounding = line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return missing(new BigInteger(bounding, HEXADECIMAL), last);
  }

  static List<String> missing(BigInteger bounding, int last) {
    List<String> missing = new ArrayList<>();
    for (int number = 0; number <= last; number++) {
      if (!bounding.testBit(number)) {
        missing.add(number < NAMES.size() ? "CAP_" + NAMES.get(number) : "capability " + number);
      }
    }
    return missing;
  }
}
