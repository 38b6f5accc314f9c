package dev.pilothouse.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.toolbox.GoBuild.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class GoBuildTest {
  private static final String HELLO =
      """
      package main

      import "fmt"

      var greeting = "unset"

      func main() { fmt.Println(greeting) }
      """;

  @TempDir Path directory;
  Path tree;
  Path output;

  @BeforeEach
  void makeModule() throws IOException {
    tree = directory.resolve("tree");
    output = directory.resolve("bin/hello");
    write("go.mod", "module example.com/hello\n\ngo 1.21\n");
  }

  @Test
  void buildsWithLinkerFlagsWhoseValuesHaveBlanks() throws IOException {
    write("main.go", HELLO);

    build().ldflags("-s", "-w", "-X main.greeting=good morning, y'all").run();

    assertThat(run(output)).isEqualTo("good morning, y'all\n");
  }

  @Test
  void buildsWithTagsAndWithoutThem() throws IOException {
    write("main.go", HELLO);
    write(
        "tagged.go", "//go:build french\n\npackage main\n\nfunc init() { greeting = \"salut\" }\n");

    build().tags("french").run();
    assertThat(run(output)).isEqualTo("salut\n");

    build().environment("GOFLAGS", "-tags=french").run();
    assertThat(run(output)).isEqualTo("unset\n");
  }

  @Test
  void buildsSeveralPackagesIntoAFolder() throws IOException {
    write("cmd/one/main.go", HELLO);
    write("cmd/two/main.go", HELLO);

    build().packages("./cmd/one", "./cmd/two").output(directory.resolve("new/bin")).run();

    assertThat(directory.resolve("new/bin/one")).isExecutable();
    assertThat(directory.resolve("new/bin/two")).isExecutable();
  }

  @Test
  void aModFlagInTheUsersGoflagsHasNoSay() throws IOException {
    write("main.go", HELLO);
    write("go.mod", "module example.com/hello\n\ngo 1.21\n\nrequire example.com/lib v1.0.0\n");
    write(
        "vendor/modules.txt", "# example.com/lib v1.0.0\n## explicit; go 1.21\nexample.com/lib\n");
    write(
        "vendor/example.com/lib/lib.go",
        "package lib\n\nconst Text = \"from the vendor folder\"\n");
    write(
        "use.go",
        "package main\n\nimport \"example.com/lib\"\n\nfunc init() { greeting = lib.Text }\n");

    build().environment("GOFLAGS", "-mod=mod").run();

    assertThat(run(output)).isEqualTo("from the vendor folder\n");
  }

  @Test
  void tellsEachMessageOfEachFile() throws IOException {
    write("main.go", "package main\n\nfunc main() {\n\tvar x int = \"a\"\n\tnosuch()\n}\n");
    write("more.go", "package main\n\nfunc more() int {\n}\n");

    assertThat(failure(build()).messages())
        .containsExactlyInAnyOrder(
            new Message("main.go", 4, 6, "declared and not used: x"),
            new Message(
                "main.go",
                4,
                14,
                "cannot use \"a\" (untyped string constant) as int value in variable declaration"),
            new Message("main.go", 5, 2, "undefined: nosuch"),
            new Message("more.go", 4, 1, "missing return"));
  }

  @Test
  void theTextOfAFailureShowsTheMessages() throws IOException {
    write("main.go", "package main\n\nfunc main() { nosuch() }\n");

    assertThat(failure(build()))
        .hasMessageContainingAll("go build . in " + tree, "main.go:3:15: undefined: nosuch");
  }

  @Test
  void namesFilesRelativeToTheModuleAlsoBelowVendorAndWithTrimpath() throws IOException {
    write("go.mod", "module example.com/hello\n\ngo 1.21\n\nrequire example.com/lib v1.0.0\n");
    write(
        "vendor/modules.txt", "# example.com/lib v1.0.0\n## explicit; go 1.21\nexample.com/lib\n");
    write("vendor/example.com/lib/lib.go", "package lib\n\nvar Text string = 1\n");
    write("main.go", "package main\n\nimport _ \"example.com/lib\"\n\nfunc main() {}\n");

    assertThat(failure(build()).messages())
        .extracting(Message::file, Message::line)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("vendor/example.com/lib/lib.go", 3));
  }

  @Test
  void keepsTheFurtherLinesOfAMessage() throws IOException {
    write(
        "main.go",
        """
        package main

        type speaker interface{ speak(string) }

        type dog struct{}

        func (dog) speak() {}

        var _ speaker = dog{}

        func main() {}
        """);

    List<Message> messages = failure(build()).messages();

    assertThat(messages).hasSize(1);
    assertThat(messages.get(0).line()).isEqualTo(9);
    assertThat(messages.get(0).message().lines())
        .contains("\t\thave speak()", "\t\twant speak(string)");
  }

  @Test
  void saysThatTheCompilerGaveUpAfterTenMessages() throws IOException {
    StringBuilder source = new StringBuilder("package main\n\nfunc main() {\n");
    for (int i = 0; i < 15; i++) {
      source.append("\tnosuch").append(i).append("()\n");
    }
    write("main.go", source.append("}\n").toString());

    assertThat(failure(build()).messages())
        .hasSize(11)
        .last()
        .satisfies(message -> assertThat(message.message()).contains("too many errors"));
  }

  @Test
  void tellsSyntaxErrors() throws IOException {
    write("a/a.go", "package a\n\nfunc A( {\n");

    assertThat(failure(build().packages("./a")).messages())
        .first()
        .satisfies(
            message -> {
              assertThat(message.toString()).startsWith("a/a.go:3:9: syntax error: ");
            });
  }

  @Test
  void tellsImportsThatAreNowhere() throws IOException {
    write("main.go", "package main\n\nimport (\n\t_ \"nosuch\"\n\t_ \"example.com/none\"\n)\n");

    assertThat(failure(build()).messages())
        .extracting(Message::toString)
        .anySatisfy(
            text -> assertThat(text).startsWith("main.go:4:2: package nosuch is not in std"))
        .anySatisfy(
            text ->
                assertThat(text)
                    .startsWith("main.go:5:2: cannot find module providing")
                    .contains("example.com/none"));
  }

  @Test
  void tellsErrorsInGoMod() throws IOException {
    write("main.go", HELLO);
    write("go.mod", "module example.com/hello\n\nnosuchdirective x\n");

    assertThat(failure(build()).messages())
        .contains(new Message("go.mod", 3, 0, "unknown directive: nosuchdirective"));
  }

  @Test
  void tellsLinkErrorsWithoutAFile() throws IOException {
    write("main.go", "package main\n\nfunc main() { missing() }\n\nfunc missing()\n");
    // An assembler file makes the compiler believe that missing is in it.
    write("empty.s", "\n");

    assertThat(failure(build()).messages())
        .anySatisfy(
            message -> {
              assertThat(message.file()).isNull();
              assertThat(message.message()).contains("relocation target main.missing not defined");
            });
  }

  @Test
  void anOverlayReplacesAFileAndItsErrorsNameTheFileInTheTree() throws IOException {
    write("main.go", HELLO);
    Path replacement = directory.resolve("elsewhere/replacement");
    Files.createDirectories(directory.resolve("elsewhere"));
    Files.writeString(replacement, HELLO.replace("unset", "from the overlay"));

    build().overlay(Path.of("main.go"), replacement).run();
    assertThat(run(output)).isEqualTo("from the overlay\n");
    assertThat(tree.resolve("main.go")).hasContent(HELLO);

    Files.writeString(replacement, HELLO.replace("Println", "Nosuch"));
    assertThat(failure(build().overlay(tree.resolve("main.go"), replacement)).messages())
        .containsExactly(new Message("main.go", 7, 19, "undefined: fmt.Nosuch"));

    Files.writeString(replacement, HELLO);
    write("more.go", "package main\n\nfunc main() {}\n");
    assertThat(failure(build().overlay(tree.resolve("main.go"), replacement)).messages())
        .containsExactly(
            new Message(
                "more.go",
                3,
                6,
                "main redeclared in this block\n\tmain.go:7:6: other declaration of main"));
  }

  @Test
  void tellsThePackagesThatItCompiles() throws IOException {
    // A constant of its own, so that the package is in no build cache.
    write("main.go", HELLO.replace("unset", directory.toString()));
    List<String> lines = Collections.synchronizedList(new ArrayList<>());

    build().build().run(lines::add);

    assertThat(lines).contains("example.com/hello");
  }

  @Test
  void saysThatGoIsMissing() throws IOException {
    write("main.go", HELLO);

    assertThatThrownBy(() -> build().environment("PATH", directory.toString()).run())
        .isInstanceOf(MissingToolsException.class)
        .hasMessageContaining("go: not on the PATH");
  }

  @Test
  void saysWhatIsWrongWithTheOutputFolder() throws IOException {
    write("main.go", HELLO);
    Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> build().output(directory.resolve("file/hello")).run())
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining(directory.resolve("file").toString());
  }

  @Test
  void anInterruptEndsGoAndAllThatItStarted() throws Exception {
    write("main.go", HELLO.replace("unset", directory.toString()));
    Path pid = directory.resolve("pid");
    Path blocker =
        Scripts.script(directory.resolve("blocker"), "echo $$ > " + pid + "; exec sleep 1000");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread building =
        new Thread(
            () -> {
              try {
                build().flags("-toolexec=" + blocker).run();
              } catch (Throwable e) {
                thrown.set(e);
              }
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    building.start();
    long blocked = Processes.pidIn(pid);

    building.interrupt();
    building.join();

    assertThat(thrown.get())
        .isInstanceOf(ToolboxException.class)
        .hasMessageContaining("interrupted");
    assertThat(interrupted.get()).isTrue();
    assertThat(Processes.lives(blocked)).isFalse();
    assertThat(output).doesNotExist();
  }

  private void write(String file, String content) throws IOException {
    Path path = tree.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  private static String run(Path binary) {
    return new Command(List.of(binary.toString()), Map.of(), Path.of("/"), Duration.ofMinutes(1))
        .output();
  }

  private static GoBuild.FailedException failure(Settings build) {
    GoBuild.FailedException failure =
        catchThrowableOfType(GoBuild.FailedException.class, build::run);
    assertThat(failure).isNotNull();
    return failure;
  }

  private Settings build() {
    return new Settings();
  }

  /** A build of everything in the tree, with what a test changes of it. */
  private final class Settings {
    private List<String> packages = List.of(".");
    private Path to = output;
    private List<String> tags = List.of();
    private List<String> ldflags = List.of();
    private Map<Path, Path> overlay = Map.of();
    private List<String> flags = List.of();
    private Map<String, String> environment = Map.of();

    Settings packages(String... paths) {
      packages = List.of(paths);
      return this;
    }

    Settings output(Path path) {
      to = path;
      return this;
    }

    Settings tags(String... names) {
      tags = List.of(names);
      return this;
    }

    Settings ldflags(String... options) {
      ldflags = List.of(options);
      return this;
    }

    Settings overlay(Path file, Path content) {
      overlay = Map.of(file, content);
      return this;
    }

    Settings flags(String... options) {
      flags = List.of(options);
      return this;
    }

    Settings environment(String name, String value) {
      environment = Map.of(name, value);
      return this;
    }

    GoBuild build() {
      return new GoBuild(tree, packages, to, tags, ldflags, "", true, overlay, flags, environment);
    }

    void run() {
      build().run();
    }
  }
}
