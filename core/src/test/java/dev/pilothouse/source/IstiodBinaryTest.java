package dev.pilothouse.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.source.IstiodBinary.BuildVersion;
import dev.pilothouse.source.IstiodBinary.Flavor;
import dev.pilothouse.source.IstiodBinaryException.Reason;
import dev.pilothouse.toolbox.Toolbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IstiodBinaryTest {
  @TempDir Path folder;

  @Test
  void asksAStockBinaryForItsVersion() {
    Path root = FakeIstio.makeCheckout(folder.resolve("istio"));
    IstiodBinary compiled =
        IstiodCompiler.create(Toolbox.builder().cacheDirectory(folder.resolve("cache")).build())
            .compile(IstioSource.checkout(root), List.of(), CompileOptions.release());
    assertThat(IstiodBinary.at(compiled.path()))
        .isEqualTo(new IstiodBinary(compiled.path(), compiled.version(), Flavor.STOCK));
  }

  @Test
  void refusesWhatIsNoPilotDiscovery() throws Exception {
    assertThat(failure(folder.resolve("missing"))).isEqualTo(Reason.MISSING);
    assertThat(failure(folder)).isEqualTo(Reason.NOT_EXECUTABLE);
    Path text = Files.writeString(folder.resolve("text"), "hello");
    assertThat(failure(text)).isEqualTo(Reason.NOT_EXECUTABLE);
    Files.setPosixFilePermissions(text, PosixFilePermissions.fromString("rwx------"));
    assertThat(failure(text)).isEqualTo(Reason.NOT_PILOT_DISCOVERY);
    assertThat(failure(Path.of("/bin/true"))).isEqualTo(Reason.NOT_PILOT_DISCOVERY);
    Path agent =
        Files.writeString(
            folder.resolve("agent"),
            "#!/bin/sh\necho '{\"clientVersion\": {\"version\": \"1\"}}'\n");
    Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rwx------"));
    assertThat(failure(agent)).isEqualTo(Reason.NOT_PILOT_DISCOVERY);
  }

  @Test
  void toleratesFieldsThatAreMissing() throws Exception {
    Path old =
        Files.writeString(
            folder.resolve("old"),
            """
            #!/bin/sh
            case $1 in
            discovery) echo pilot-discovery discovery;;
            *) echo '{"clientVersion": {"version": "1.24.0"}}';;
            esac
            """);
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwx------"));
    assertThat(IstiodBinary.at(old).version()).isEqualTo(new BuildVersion("1.24.0", "", "", ""));
  }

  private static Reason failure(Path path) {
    return catchThrowableOfType(IstiodBinaryException.class, () -> IstiodBinary.at(path)).reason();
  }
}
