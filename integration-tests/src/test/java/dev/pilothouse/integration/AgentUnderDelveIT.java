package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.delve.Breakpoint;
import dev.pilothouse.delve.BreakpointSpec;
import dev.pilothouse.delve.DelveAttacher;
import dev.pilothouse.delve.DelveOptions;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.delve.Hit;
import dev.pilothouse.delve.paths.PathMapping;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageDebugger;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.image.ProxyFiles;
import dev.pilothouse.istiod.DebuggedPod;
import dev.pilothouse.istiod.DelvePatch;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.PodStatus;
import dev.pilothouse.workload.PodWorkload;
import dev.pilothouse.workload.PodWorkloads;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.Workloads;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pilot-agent of a sidecar and of a gateway under Delve. */
class AgentUnderDelveIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String NAME = "agent-delve";
  private static final int STATUS_PORT = 15020;
  private static final HttpCall TO_ECHO = HttpCall.get("http://echo:8000/");
  private static final HttpCall TO_DOOR = HttpCall.get("http://shop.example/");

  private static KindFixture kind;
  private static IstioSource source;
  private static ImageBuilder builder;
  private static ImageSpec spec;
  private static DelvePatch patch;
  private static PodMesh mesh;
  private static PodWorkload caller;
  private static PodWorkload door;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    kind = KindFixture.require();
    source = IstioSource.pinned(kind.toolbox());
    builder = ImageBuilders.docker(DockerHost.usual(), event -> {});
    spec =
        ImageSpec.proxy(kind.hub() + "/base:" + kind.sampleTag())
            .withName("proxyv2-debug")
            .withDebugger(ImageDebugger.onLoopback(kind.toolbox().provision(Tool.DLV).path()));
    patch = DelvePatch.image(image()).withDeadline(SOON);
    mesh = PodMesh.start(NAME);
    List<PodWorkload> all =
        mesh.deploy(
            WorkloadSpec.http("echo", 8000),
            WorkloadSpec.client("caller"),
            WorkloadSpec.gateway("door", 80));
    caller = all.get(1);
    door = all.get(2);
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: door, namespace: NAMESPACE}
        spec:
          selector: {istio: door}
          servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: door, namespace: NAMESPACE}
        spec:
          hosts: [shop.example]
          gateways: [door]
          http: [{route: [{destination: {host: echo, port: {number: 8000}}}]}]
        """);
  }

  /** A proxy's image with a debug build of its agent, in the nodes. */
  private static String image() {
    Toolbox toolbox = kind.toolbox();
    ProxyFiles files =
        new ProxyFiles(
            IstiodCompiler.create(toolbox)
                .compileAgent(source, List.of(), CompileOptions.debug())
                .path(),
            toolbox.provision(Tool.ENVOY).path(),
            toolbox
                .provisionIstioModule()
                .directory()
                .resolve("tools/packaging/common/envoy_bootstrap.json"));
    BuiltImage image = builder.buildProxy(files, spec);
    kind.cluster().load(List.of(image.reference()));
    return image.reference();
  }

  @AfterAll
  static void stop() {
    if (mesh != null) {
      mesh.close();
    }
    if (spec != null) {
      builder.prune(spec, 0);
    }
  }

  @Test
  void aSidecarsAgentStopsWhileItsEnvoyGoesOn() {
    JsonNode before = deployment("caller");
    try (DebuggedPod debugged = caller.debugAgent(patch)) {
      assertThat(debugged.startLines().get(0))
          .startsWith("launching process with args: [/usr/local/bin/pilot-agent proxy sidecar ");
      assertThatThrownBy(() -> caller.debugAgent(patch))
          .hasMessageContaining("it is under Delve already, in the hands of ");
      stopsWhenItIsAskedWhetherItIsReady(caller, debugged, TO_ECHO);
    }
    assertAsBefore(before, caller);
    caller.await(TO_ECHO, reply -> reply.status() == 200, SOON);
  }

  @Test
  void whatAKilledJvmLeftOfAGatewayIsSetBackAndDebuggedAnew() throws Exception {
    JsonNode before = deployment("door");
    leaveUnderDelve("door");
    assertThat(deployment("door").at("/metadata/annotations").has("pilothouse.dev/before-delve"))
        .isTrue();
    try (PodWorkloads next = Workloads.inCluster(mesh.cluster(), mesh.options());
        PodWorkload found = next.find(NAME, "door")) {
      assertAsBefore(before, found);
      try (DebuggedPod debugged = found.debugAgent(patch)) {
        assertThat(debugged.startLines().get(0))
            .startsWith("launching process with args: [/usr/local/bin/pilot-agent proxy router ");
        stopsWhenItIsAskedWhetherItIsReady(door, debugged, TO_DOOR);
      }
    }
    assertAsBefore(before, door);
    door.await(TO_DOOR, reply -> reply.status() == 200, SOON);
  }

  @Test
  void anImageWithoutDelveIsToldAndTheDeploymentSetBack() {
    JsonNode before = deployment("caller");
    DelvePatch stock = DelvePatch.image(kind.hub() + "/proxyv2:" + kind.istioTag());
    assertThatThrownBy(() -> caller.debugAgent(stock.withDeadline(SOON)))
        .hasMessageContaining("it did not get ready, and was set back")
        .hasMessageContaining("/usr/local/bin/dlv")
        .hasMessageContaining("ImageSpec.withDebugger");
    assertAsBefore(before, caller);
  }

  private static void stopsWhenItIsAskedWhetherItIsReady(
      PodWorkload workload, DebuggedPod debugged, HttpCall call) {
    workload.await(call, reply -> reply.status() == 200, SOON);
    DelveOptions options = DelveOptions.usual().withPaths(PathMapping.ofTree(source.root()));
    CompletableFuture<HttpResponse<String>> asked;
    try (DelveSession debug = DelveAttacher.create(kind.toolbox()).attach(debugged, options);
        Breakpoint stop =
            debug.breakAt(BreakpointSpec.function("status.(*Server).handleReadyProbe"))) {
      asked = askWhetherItIsReady(workload);
      Hit hit = stop.await(SOON);
      assertThat(hit.location().file()).startsWith(source.root().toString());
      assertThat(debug.scope(hit).eval("s.statusPort").number()).isEqualTo(STATUS_PORT);
      assertThat(asked).isNotDone();
      assertThat(workload.send(call).status()).isEqualTo(200); // Envoy goes on
    }
    assertThat(asked).as("the agent goes on").succeedsWithin(SOON);
  }

  private static CompletableFuture<HttpResponse<String>> askWhetherItIsReady(PodWorkload workload) {
    int port = workload.forward(STATUS_PORT).address().getPort();
    URI ready = URI.create("http://127.0.0.1:" + port + "/healthz/ready");
    return HttpClient.newHttpClient()
        .sendAsync(HttpRequest.newBuilder(ready).build(), BodyHandlers.ofString());
  }

  private void leaveUnderDelve(String name) throws Exception {
    Path log = folder.resolve("jvm.log");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                AgentDebuggerToKill.class.getName(),
                mesh.cluster().kubeconfig().toString(),
                NAME,
                name,
                patch.image().orElseThrow())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(jvm.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(jvm.exitValue()).as(Files.readString(log)).isEqualTo(DebuggerToKill.DEBUGGED);
    } finally {
      jvm.destroyForcibly().waitFor();
    }
  }

  private static JsonNode deployment(String name) {
    return Serialization.unmarshal(
        Serialization.asJson(
            mesh.cluster()
                .client()
                .genericKubernetesResources("apps/v1", "Deployment")
                .inNamespace(NAME)
                .withName(name)
                .get()),
        JsonNode.class);
  }

  private static void assertAsBefore(JsonNode before, PodWorkload workload) {
    JsonNode now = deployment(before.at("/metadata/name").asText());
    assertThat(now.path("spec")).isEqualTo(before.path("spec"));
    assertThat(now.at("/metadata/annotations").has("pilothouse.dev/before-delve")).isFalse();
    assertThat(workload.pods()).singleElement().matches(PodStatus::injected);
    assertThat(workload.pods()).allMatch(PodStatus::ready);
  }
}
