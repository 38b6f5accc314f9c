package dev.pilothouse.integration;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.toolbox.CacheArea;
import dev.pilothouse.toolbox.GoBuild;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.Objects;

/** A real registry (go-containerregistry's), on loopback, in memory. */
final class RegistryFixture implements AutoCloseable {
  private static final String PROGRAM = "github.com/google/go-containerregistry/cmd/registry";

  private final RunDirectory run;
  private final int port;

  private RegistryFixture(RunDirectory run, int port) {
    this.run = run;
    this.port = port;
  }

  static RegistryFixture start(Toolbox toolbox) throws IOException {
    RunDirectory run = RunDirectory.open("registry");
    for (String file : List.of("go.mod", "go.sum")) {
      try (InputStream in = RegistryFixture.class.getResourceAsStream("/registry/" + file)) {
        Files.write(run.path().resolve(file), Objects.requireNonNull(in, file).readAllBytes());
      }
    }
    String key =
        Integer.toHexString(Files.readString(run.path().resolve("go.sum")).hashCode())
            + "-registry";
    Path binary =
        CacheArea.of(toolbox, "tests")
            .provide(key, () -> {}, made -> build(toolbox, run, made))
            .resolve("registry");
    int port = run.reservePort();
    ManagedProcess process =
        run.start(
            new ProcessSpec(
                "registry",
                List.of(binary.toString(), "-port=" + port),
                Map.of(),
                run.path(),
                Duration.ZERO));
    RegistryFixture fixture = new RegistryFixture(run, port);
    process.await("/v2/ answers", () -> fixture.answers(), Duration.ofSeconds(20));
    return fixture;
  }

  private static void build(Toolbox toolbox, RunDirectory run, Path made) {
    new GoBuild(
            run.path(),
            List.of(PROGRAM),
            made.resolve("registry"),
            List.of(),
            List.of(),
            "",
            true,
            Map.of(),
            List.of(),
            toolbox.goEnvironment())
        .run();
  }

  private boolean answers() {
    try {
      return get("/v2/").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  String hub() {
    return "127.0.0.1:" + port + "/istio";
  }

  String manifest(String name, String reference) throws IOException {
    HttpResponse<String> answer = get("/v2/istio/" + name + "/manifests/" + reference);
    return answer.statusCode() == 200 ? answer.body() : "";
  }

  List<String> tags(String name) throws IOException {
    List<String> tags = new ArrayList<>();
    new ObjectMapper()
        .readTree(get("/v2/istio/" + name + "/tags/list").body())
        .path("tags")
        .forEach(tag -> tags.add(tag.asText()));
    return tags;
  }

  private HttpResponse<String> get(String path) throws IOException {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    run.close();
  }
}
