package dev.pilothouse.integration;

import dev.pilothouse.image.ImageEvent;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import java.nio.file.Path;
import java.util.Map;

/** A JVM of its own, to be killed: builds by Docker, and prints what Docker says. */
final class DockerBuildToKill {
  private DockerBuildToKill() {}

  public static void main(String[] arguments) {
    BuildVersion version = new BuildVersion("1", "killed", "Clean", "killed");
    ImageBuilders.docker(DockerHost.usual(), DockerBuildToKill::print)
        .build(
            new IstiodBinary(Path.of(arguments[0]), version, Flavor.RELEASE),
            ImageSpec.pilot()
                .withHub(arguments[1])
                .withDockerfile(Path.of(arguments[2]), Map.of()));
  }

  private static void print(ImageEvent event) {
    if (event instanceof ImageEvent.Output output) {
      System.out.println(output.line());
    }
  }
}
