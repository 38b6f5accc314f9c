package dev.pilothouse.istiod;

import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import java.io.IOException;

/** Whether an istiod that answers is a certain build: its version, revision, status and tag. */
final class BuildProof {
  static final String TO_DO =
      "the file has changed since it was looked at: read it again, for example with IstiodBinary.at";

  private BuildProof() {}

  /** How what runs differs from the binary; empty when it is that one. */
  static String difference(BuildVersion runs, IstiodBinary binary) {
    BuildVersion built = binary.version();
    String expected = stamp(built);
    return runs.version().equals(expected) && runs.tag().equals(built.tag())
        ? ""
        : "what runs says version "
            + runs.version()
            + ", tag "
            + runs.tag()
            + ", but "
            + binary.path()
            + " was "
            + expected
            + ", tag "
            + built.tag();
  }

  /** As {@code /version} answers. */
  static String stamp(BuildVersion built) {
    return built.version() + "-" + built.revision() + "-" + built.status();
  }

  /**
   * What an istiod says of itself, joined by dashes: as versions and revisions may hold some, it is
   * not taken apart.
   */
  static BuildVersion read(AdminApi admin) throws IOException, InterruptedException {
    return new BuildVersion(admin.version(), "", "", admin.buildTag());
  }
}
