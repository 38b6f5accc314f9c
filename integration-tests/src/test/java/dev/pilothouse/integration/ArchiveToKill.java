package dev.pilothouse.integration;

import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A JVM of its own, to be killed: makes an archive, and stops in the middle, which it prints. */
final class ArchiveToKill {
  private ArchiveToKill() {}

  public static void main(String[] arguments) {
    BuildVersion version = new BuildVersion("1", "killed", "Clean", "killed");
    ImageBuilders.archives(Path.of(arguments[0]), ArchiveToKill::stopInTheMiddle)
        .build(
            new IstiodBinary(Path.of(arguments[1]), version, Flavor.RELEASE),
            ImageSpec.pilot().withTag("killed"));
  }

  private static void stopInTheMiddle(ImageEvent event) {
    if (event instanceof ImageEvent.Output output
        && output.line().startsWith("Building image to tar file")) {
      System.out.println("in the middle");
      while (true) {
        LockSupport.park();
      }
    }
  }
}
