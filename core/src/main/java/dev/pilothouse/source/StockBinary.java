package dev.pilothouse.source;

import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import dev.pilothouse.source.IstiodBinaryException.Reason;
import dev.pilothouse.source.VersionProbe.NoVersionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looks at a binary that somebody else has made. */
final class StockBinary {
  private static final String TO_DO =
      "name a pilot-discovery for this machine: one that a toolbox provides, or from an Istio image";

  private StockBinary() {}

  static IstiodBinary open(Path path) {
    Path binary = path.toAbsolutePath().normalize();
    if (!Files.exists(binary)) {
      throw new IstiodBinaryException(Reason.MISSING, binary, "there is no such file", TO_DO);
    }
    if (!Files.isRegularFile(binary) || !Files.isExecutable(binary)) {
      throw new IstiodBinaryException(
          Reason.NOT_EXECUTABLE,
          binary,
          Files.isRegularFile(binary) ? "this user may not execute it" : "it is no file",
          Files.isRegularFile(binary) ? "chmod +x " + binary : TO_DO);
    }
    try {
      // All of Istio's programs know "version", but only istiod knows "discovery".
      String help = VersionProbe.run(binary, List.of("discovery", "--help")).stdout();
      if (!help.contains("pilot-discovery discovery")) {
        throw new NoVersionException("it has no command \"discovery\"");
      }
      BuildVersion version = VersionProbe.ask(Program.PILOT_DISCOVERY, binary);
      return new IstiodBinary(binary, version, Flavor.STOCK);
    } catch (NoVersionException e) {
      throw new IstiodBinaryException(
          Reason.NOT_PILOT_DISCOVERY, binary, String.valueOf(e.getMessage()), TO_DO);
    }
  }
}
