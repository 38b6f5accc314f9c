package dev.pilothouse.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.toolbox.ToolBinary.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Provisioning by real Go, of tools that are tiny. */
@Timeout(300)
class ProvisionTest {
  @TempDir Path directory;
  private final List<ToolboxEvent> events = Collections.synchronizedList(new ArrayList<>());

  @Test
  void buildsOnceAndFindsInTheCacheThen() throws IOException {
    Toolbox toolbox = toolbox(Map.of());
    assertThat(toolbox.find(Tool.ETCD)).isEmpty();

    ToolBinary made = toolbox.provision(Tool.ETCD);

    assertThat(made.origin()).isEqualTo(Origin.PROVISIONED);
    assertThat(made.version()).isEqualTo("3.6.5");
    assertThat(made.path().toString())
        .startsWith(cache() + "/entries/etcd-3.6.5-")
        .contains("@go1.");
    assertThat(events)
        .hasAtLeastOneElementOfType(ToolboxEvent.BuildProgress.class)
        .first()
        .isInstanceOfSatisfying(
            ToolboxEvent.BuildStarted.class,
            event -> {
              assertThat(event.tools()).containsExactly(Tool.ETCD);
              assertThat(event.packages()).isGreaterThan(10);
            });
    assertThat(events).last().isInstanceOf(ToolboxEvent.BuildFinished.class);
    events.clear();
    ToolBinary cached = new ToolBinary(Tool.ETCD, made.path(), "3.6.5", Origin.CACHE);
    assertThat(toolbox.provision(Tool.ETCD)).isEqualTo(cached);
    assertThat(toolbox.find(Tool.ETCD)).contains(cached);
    assertThat(toolbox.require(Set.of(Tool.ETCD))).containsValue(cached);
    assertThat(events).isEmpty();
    assertNothingHalfMade();
  }

  @Test
  void buildsOnlyWhatIsAskedFor() throws IOException {
    toolbox(Map.of()).provision(Set.of(Tool.KIND));

    assertThat(entries()).singleElement().asString().startsWith("kind-");
  }

  @Test
  void buildsSeveralInOneGo() throws IOException {
    toolbox(Map.of()).provision(Set.of(Tool.KIND, Tool.ETCD));

    assertThat(events).filteredOn(event -> event instanceof ToolboxEvent.BuildStarted).hasSize(1);
    assertThat(entries()).hasSize(2);
  }

  @Test
  void anotherInputIsAnotherEntry() throws IOException {
    toolbox(Map.of()).provision(Set.of(Tool.ETCD));
    TinyTools.toolbox(cache(), System.getenv(), TinyTools.ETCD + "\n// changed\n", events::add)
        .provision(Set.of(Tool.ETCD));

    assertThat(entries()).hasSize(2);
  }

  @Test
  void aDamagedEntryIsReplaced() throws IOException {
    Toolbox toolbox = toolbox(Map.of());
    Path binary = toolbox.provision(Tool.ETCD).path();
    Files.writeString(binary, "damaged");

    assertThatThrownBy(() -> toolbox.require(Set.of(Tool.ETCD)))
        .isInstanceOf(MissingToolsException.class)
        .hasMessageContainingAll(binary.toString(), "damaged");
    assertThat(toolbox.provision(Tool.ETCD).origin()).isEqualTo(Origin.PROVISIONED);
    assertThat(toolbox.find(Tool.ETCD)).isPresent();
    assertNothingHalfMade();
  }

  @Test
  void aBuildThatFailsLeavesNothing() throws IOException {
    Toolbox toolbox =
        TinyTools.toolbox(
            cache(), System.getenv(), "package main\n\nfunc main() { nosuch() }\n", events::add);

    assertThatThrownBy(() -> toolbox.provision(Set.of(Tool.ETCD)))
        .isInstanceOf(GoBuild.FailedException.class)
        .hasMessageContaining("etcd/main.go:3:15: undefined: nosuch");

    assertThat(entries()).isEmpty();
    assertNothingHalfMade();
  }

  @Test
  void aBuildThatGivesTheWrongThingLeavesNothing() throws IOException {
    Toolbox toolbox =
        TinyTools.toolbox(
            cache(), System.getenv(), TinyTools.ETCD.replace("3.6.5", "3.1.0"), events::add);

    assertThatThrownBy(() -> toolbox.provision(Set.of(Tool.ETCD)))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContainingAll("providing etcd", "its version is 3.1.0");

    assertThat(entries()).isEmpty();
    assertNothingHalfMade();
  }

  @Test
  void theUsersGoflagsHaveNoSay() throws IOException {
    Map<String, String> hostile = Map.of("GOFLAGS", "-toolexec=/nowhere/tool -mod=vendor");

    assertThat(toolbox(hostile).provision(Tool.ETCD).version()).isEqualTo("3.6.5");
  }

  @Test
  void offlineBuildsFromWhatIsThere() throws IOException {
    Map<String, String> offline = new HashMap<>(System.getenv());
    offline.put("GOMODCACHE", directory.resolve("no-modules").toString());

    Toolbox toolbox = TinyTools.offline(cache(), offline);

    assertThat(toolbox.provision(Tool.ETCD).origin()).isEqualTo(Origin.PROVISIONED);
  }

  @Test
  void anInterruptEndsTheBuildAndLeavesNothing() throws Exception {
    Toolbox toolbox = toolbox(blockingGo());
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread provisioning =
        new Thread(
            () -> {
              try {
                toolbox.provision(Set.of(Tool.ETCD));
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    provisioning.start();
    long compiler = Processes.pidIn(directory.resolve("compiler.pid"));

    provisioning.interrupt();
    provisioning.join();

    assertThat(thrown.get())
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("interrupted");
    assertThat(Processes.lives(compiler)).isFalse();
    assertThat(entries()).isEmpty();
    assertNothingHalfMade();
  }

  @Test
  void threadsThatAskForTheSameBuildItOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<ToolBinary> ask = () -> toolbox(Map.of()).provision(Tool.ETCD);
      List<Origin> origins = new ArrayList<>();
      for (Future<ToolBinary> binary : threads.invokeAll(List.of(ask, ask, ask, ask))) {
        origins.add(binary.get().origin());
      }
      assertThat(origins)
          .containsExactlyInAnyOrder(Origin.PROVISIONED, Origin.CACHE, Origin.CACHE, Origin.CACHE);
    } finally {
      threads.shutdownNow();
    }
    assertThat(entries()).hasSize(1);
    assertNothingHalfMade();
  }

  @Test
  void jvmsThatAskForTheSameBuildItOnce() throws Exception {
    try (OtherJvm one = OtherJvm.start(cache(), "provision");
        OtherJvm two = OtherJvm.start(cache(), "provision");
        OtherJvm three = OtherJvm.start(cache(), "provision")) {
      List<OtherJvm> all = List.of(one, two, three);
      for (OtherJvm jvm : all) {
        assertThat(jvm.answer()).isEqualTo("ready");
      }
      for (OtherJvm jvm : all) {
        jvm.go();
      }
      assertThat(all.stream().map(OtherJvm::answer))
          .containsExactlyInAnyOrder("PROVISIONED", "CACHE", "CACHE");
    }
    assertThat(entries()).hasSize(1);
    assertNothingHalfMade();
  }

  @Test
  void aKilledProvisioningLeavesNothingForTheNext() throws Exception {
    long compiler;
    try (OtherJvm killed = OtherJvm.start(blockingGo(), cache(), "provision")) {
      assertThat(killed.answer()).isEqualTo("ready");
      killed.go();
      compiler = Processes.pidIn(directory.resolve("compiler.pid"));
      killed.sigkill();
    }
    assertThat(entries()).isEmpty();
    assertThat(Processes.lives(compiler)).isTrue();

    ToolBinary made = toolbox(Map.of()).provision(Tool.ETCD);

    assertThat(made.origin()).isEqualTo(Origin.PROVISIONED);
    assertThat(Processes.lives(compiler)).isFalse();
    assertNothingHalfMade();
  }

  @Test
  void oneWaitsForTheOtherAndTellsIt() throws Exception {
    try (OtherJvm first = OtherJvm.start(blockingGo(), cache(), "provision")) {
      assertThat(first.answer()).isEqualTo("ready");
      first.go();
      Processes.pidIn(directory.resolve("compiler.pid"));
      AtomicReference<ToolBinary> made = new AtomicReference<>();
      Thread second = new Thread(() -> made.set(toolbox(Map.of()).provision(Tool.ETCD)));
      second.start();
      Processes.until("the second waits", () -> events.contains(new ToolboxEvent.Waiting("etcd")));

      first.sigkill();
      second.join();

      assertThat(made.get())
          .isNotNull()
          .satisfies(binary -> assertThat(binary.origin()).isEqualTo(Origin.PROVISIONED));
    }
  }

  @Test
  void saysThatTheCacheCannotBeWritten() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    Toolbox toolbox = TinyTools.toolbox(file, System.getenv(), TinyTools.ETCD, events::add);

    assertThatThrownBy(() -> toolbox.provision(Set.of(Tool.ETCD)))
        .isInstanceOf(ToolboxException.class)
        .hasMessageContainingAll(file.toString(), "PILOTHOUSE_CACHE");
  }

  @Test
  void saysThatTheDiskIsFull() throws IOException {
    Path mount = Files.createDirectory(directory.resolve("tiny"));
    try (TinyDisk disk = TinyDisk.mount(mount)) {
      Toolbox toolbox = TinyTools.toolbox(mount, System.getenv(), TinyTools.ETCD, events::add);

      assertThatThrownBy(() -> toolbox.provision(Set.of(Tool.ETCD)))
          .isInstanceOf(ToolboxException.class)
          .hasMessageContaining("no space left on device");
      assertThat(disk).isNotNull();
    }
  }

  private Toolbox toolbox(Map<String, String> more) {
    return TinyTools.toolbox(
        cache(), Variables.with(System.getenv(), more), TinyTools.ETCD, events::add);
  }

  /** A PATH whose go starts a compiler that says its pid and then hangs. */
  private Map<String, String> blockingGo() throws IOException {
    Path go = SearchPath.all("go", System.getenv()).get(0);
    Path hang =
        Scripts.script(
            directory.resolve("hang"),
            "echo $$ > " + directory.resolve("compiler.pid") + "; exec sleep 1000");
    Scripts.script(
        directory.resolve("bin/go"),
        "case $1 in build) shift; exec "
            + go
            + " build -a -toolexec="
            + hang
            + " \"$@\";; esac\n"
            + "exec "
            + go
            + " \"$@\"");
    return Map.of("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
  }

  private Path cache() {
    return directory.resolve("cache");
  }

  private List<String> entries() throws IOException {
    return names(cache().resolve("entries"));
  }

  private void assertNothingHalfMade() throws IOException {
    assertThat(names(cache().resolve("drafts"))).allMatch(name -> name.equals(".pilothouse"));
    assertThat(names(cache().resolve("drafts/.pilothouse/locks"))).isEmpty();
  }

  private static List<String> names(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
