package dev.pilothouse.envoy.live;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real Envoy with a static bootstrap, and files that take the place of a control plane: writing
 * one is a push. It runs in a folder of its own and knows its files by relative paths, so nothing
 * of this machine gets into its configuration.
 */
public final class RealEnvoy implements AutoCloseable {
  /** How long a wait may take; far more than it does. */
  public static final Duration LONG = Duration.ofSeconds(30);

  private final RunDirectory run;
  private final ManagedProcess process;
  private final URI admin;

  private RealEnvoy(RunDirectory run, ManagedProcess process, URI admin) {
    this.run = run;
    this.process = process;
    this.admin = admin;
  }

  /** Starts one with no dynamic resources, and waits until it is ready. */
  public static RealEnvoy start() {
    return start(new String[0]);
  }

  /** Starts one with further arguments for its command line. */
  public static RealEnvoy start(String... arguments) {
    Map<Tool, ToolBinary> tools = Toolbox.create().provision(Set.of(Tool.ENVOY));
    Path binary = Objects.requireNonNull(tools.get(Tool.ENVOY)).path();
    RunDirectory run = RunDirectory.open("envoy-test");
    try {
      int port = run.reservePort();
      run.write("bootstrap.json", resource("bootstrap.json").replace("@ADMIN_PORT@", "" + port));
      for (String type : List.of("cds", "lds", "rds", "eds", "srds", "ecds")) {
        push(run.path(), type, "1", List.of());
      }
      ManagedProcess process = run.start(spec(binary, run.path(), arguments));
      RealEnvoy envoy = new RealEnvoy(run, process, URI.create("http://127.0.0.1:" + port));
      process.await("/ready answers 200", envoy::ready, LONG);
      return envoy;
    } catch (RuntimeException | Error e) {
      run.close();
      throw e;
    }
  }

  public URI admin() {
    return admin;
  }

  public ManagedProcess process() {
    return process;
  }

  /** Pushes all clusters. */
  public void clusters(String version, Message... clusters) {
    push(run.path(), "cds", version, packed(clusters));
  }

  /** Pushes all listeners. */
  public void listeners(String version, Message... listeners) {
    push(run.path(), "lds", version, packed(listeners));
  }

  /** Pushes all listeners, of types that this test may not have. */
  public void listeners(String version, List<Any> listeners) {
    push(run.path(), "lds", version, listeners);
  }

  /** Pushes all route configurations. */
  public void routes(String version, Message... routes) {
    push(run.path(), "rds", version, packed(routes));
  }

  /** Pushes all endpoints. */
  public void endpoints(String version, Message... assignments) {
    push(run.path(), "eds", version, packed(assignments));
  }

  /** Pushes all scopes of routes. */
  public void scopes(String version, Message... scopes) {
    push(run.path(), "srds", version, packed(scopes));
  }

  /** Pushes a secret; each has a file of its own, because Envoy wants exactly one in it. */
  public void secret(String version, String name, Message secret) {
    push(run.path(), "sds-" + name, version, packed(secret));
  }

  /** Pushes all extension configurations. */
  public void extensions(String version, Message... extensions) {
    push(run.path(), "ecds", version, packed(extensions));
  }

  @Override
  public void close() {
    run.close();
  }

  private boolean ready() {
    return dev.pilothouse.envoy.admin.EnvoyAdmin.at(admin).ready();
  }

  private static ProcessSpec spec(Path binary, Path folder, String... arguments) {
    List<String> command =
        Stream.concat(
                Stream.of(
                    binary.toString(),
                    "-c",
                    "bootstrap.json",
                    "--disable-hot-restart",
                    "--concurrency",
                    "1",
                    "--drain-time-s",
                    "600"),
                Arrays.stream(arguments))
            .toList();
    return new ProcessSpec("envoy", command, Map.of(), folder, Duration.ZERO);
  }

  private static List<Any> packed(Message... messages) {
    return Arrays.stream(messages).map(Any::pack).collect(Collectors.toList());
  }

  /** Envoy watches for a file that is moved into place. */
  private static void push(Path folder, String type, String version, List<Any> resources) {
    DiscoveryResponse response =
        DiscoveryResponse.newBuilder().setVersionInfo(version).addAllResources(resources).build();
    try {
      Path next = Files.write(folder.resolve(type + ".next"), response.toByteArray());
      Files.move(next, folder.resolve(type + ".pb"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String resource(String name) {
    try (InputStream in = RealEnvoy.class.getResourceAsStream("/live/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("no test resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
