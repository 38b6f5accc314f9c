package dev.pilothouse.delve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.pilothouse.istiod.DebugEndpoint;
import dev.pilothouse.toolbox.GoBuild;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A small Go program, under Delve or not. It is compiled once a JVM and flavour. */
final class Debuggee implements AutoCloseable {
  static final Toolbox TOOLBOX = Toolbox.create();
  private static final Path FOLDER = Path.of("target", "debuggee").toAbsolutePath();
  private static final Duration LONG = Duration.ofSeconds(30);

  /** How it is compiled. */
  enum Flavour {
    DEBUG("", "all=-N -l", false),
    TRIMMED("", "all=-N -l", true),
    STRIPPED("-s -w", "", true),
    PLAIN_DWARF("-compressdwarf=false", "all=-N -l", false);

    private final String ldflags;
    private final String gcflags;
    private final boolean trimmed;

    Flavour(String ldflags, String gcflags, boolean trimmed) {
      this.ldflags = ldflags;
      this.gcflags = gcflags;
      this.trimmed = trimmed;
    }

    private List<String> flags() {
      return Stream.of(ldflags.split(" ", -1)).filter(flag -> !flag.isEmpty()).toList();
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final RunDirectory directory;
  private final ManagedProcess process;
  private final int port;
  private final String address;

  private Debuggee(RunDirectory directory, ManagedProcess process, int port, String address) {
    this.directory = directory;
    this.process = process;
    this.port = port;
    this.address = address;
  }

  /** Where its source is. */
  static Path source() {
    return FOLDER.resolve("main.go");
  }

  static Path dlv() {
    return TOOLBOX.require(Tool.DLV).path();
  }

  static synchronized Path binary(Flavour flavour) {
    Path binary = FOLDER.resolve("debuggee-" + flavour);
    try (InputStream program =
        requireNonNull(Debuggee.class.getResourceAsStream("debuggee.go.txt"))) {
      Files.createDirectories(FOLDER);
      Files.write(source(), program.readAllBytes());
      Files.writeString(FOLDER.resolve("go.mod"), "module example.com/debuggee\n\ngo 1.25\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    new GoBuild(
            FOLDER,
            List.of("."),
            binary,
            List.of(),
            flavour.flags(),
            flavour.gcflags,
            flavour.trimmed,
            Map.of(),
            List.of(),
            Map.of())
        .run();
    return binary;
  }

  static Debuggee underDelve() {
    return underDelve(binary(Flavour.DEBUG));
  }

  /** Under a Delve with further flags. */
  static Debuggee underDelve(Path binary, String... flags) {
    return start(
        (command, listen) -> {
          command.addAll(
              List.of(
                  dlv().toString(),
                  "exec",
                  "--headless",
                  "--continue",
                  "--accept-multiclient",
                  "--api-version=2",
                  "--check-go-version=false",
                  "--listen=127.0.0.1:" + listen));
          command.addAll(List.of(flags));
          command.addAll(List.of(binary.toString(), "--"));
        });
  }

  /** Without a debugger. */
  static Debuggee alone() {
    return start((command, listen) -> command.add(binary(Flavour.DEBUG).toString()));
  }

  private interface Begin {
    void command(List<String> command, int listen);
  }

  private static Debuggee start(Begin begin) {
    RunDirectory directory = RunDirectory.open("debuggee");
    boolean started = false;
    try {
      int port = directory.reservePort();
      List<String> command = new ArrayList<>();
      begin.command(command, port);
      Path file = directory.path().resolve("address");
      command.add(file.toString());
      ManagedProcess process =
          directory.start(
              new ProcessSpec(
                  "debuggee",
                  command,
                  Map.of("XDG_CONFIG_HOME", directory.path().toString()),
                  directory.path(),
                  Duration.ofSeconds(2)));
      process.await("it listens", () -> Files.exists(file), LONG);
      Debuggee debuggee = new Debuggee(directory, process, port, Files.readString(file, UTF_8));
      started = true;
      return debuggee;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (!started) {
        directory.close();
      }
    }
  }

  DebugEndpoint.Delve delve() {
    return new DebugEndpoint.Delve("127.0.0.1", port);
  }

  int delvePort() {
    return port;
  }

  /** The process that was started: Delve, or the program alone. */
  ManagedProcess process() {
    return process;
  }

  DelveSession attach() {
    return attach(DelveOptions.usual());
  }

  DelveSession attach(DelveOptions options) {
    return DelveAttacher.create(TOOLBOX).attach(delve(), options);
  }

  /** Asks it for something. */
  CompletableFuture<String> get(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + path))
            .timeout(Duration.ofMinutes(2))
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .thenApply(HttpResponse::body);
  }

  /** Does something with a program under Delve. */
  static void with(Consumer<Debuggee> test) {
    try (Debuggee debuggee = underDelve()) {
      test.accept(debuggee);
    }
  }

  @Override
  public void close() {
    directory.close();
  }
}
