package dev.pilothouse.examples;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThatConfig;
import static dev.pilothouse.envoy.assertj.EnvoyAssertions.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.LocalMesh;
import dev.pilothouse.LocalMeshSpec;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Route;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.source.SourceEdit;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import dev.pilothouse.workload.HttpCall;
import dev.pilothouse.workload.HttpReply;
import dev.pilothouse.workload.Workload;
import dev.pilothouse.workload.WorkloadSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The whole loop, once: see a route, change the code of istiod that generates it, compile, swap
 * istiod, and see the change in Envoy's configuration and in a real response. {@code make
 * quickstart} runs it.
 */
public final class Quickstart {
  private static final String HEADER = "x-istiod-dev";
  private static final String VALUE = "locally-modified";
  private static final String HTTPBIN = "httpbin.default.svc.cluster.local:8000";
  private static final HttpCall GET = HttpCall.get("http://httpbin:8000/get");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Every route that istiod generates for a Service shall set a response header. */
  private static final SourceEdit ADD_RESPONSE_HEADER =
      SourceEdit.insertAfter(
          "pilot/pkg/networking/core/route/route.go",
          "setTimeout(out.GetRoute(), nil, nil)",
          """

          	out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, &core.HeaderValueOption{
          		Header: &core.HeaderValue{
          			Key:   "x-istiod-dev",
          			Value: "locally-modified",
          		},
          		AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
          	})""");

  private final Steps steps = new Steps(System.out);
  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();

  private Quickstart() {}

  /**
   * Runs it.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    try {
      new Quickstart().run();
    } catch (PilothouseException | ToolboxException | AssertionError failure) {
      // Their messages say what was tried, what came back and what to do: no stack trace needed.
      System.err.println();
      System.err.println(failure.getMessage());
      System.exit(1);
    }
  }

  private void run() {
    Toolbox toolbox = Toolbox.builder().listener(new ProgressPrinter(System.out)).build();
    steps.run(
        "tools: etcd, kube-apiserver, envoy",
        () -> {
          toolbox.provision(Set.of(Tool.ETCD, Tool.KUBE_APISERVER, Tool.ENVOY));
          toolbox.provisionIstioFiles(); // its CustomResourceDefinitions
        });
    IstioSource source =
        steps.get("source: Istio, as a module that vendors it", () -> IstioSource.pinned(toolbox));
    IstiodCompiler compiler = IstiodCompiler.create(toolbox);
    IstiodBinary stock =
        steps.get(
            "compile the istiod of the unchanged tree",
            () -> compiler.compile(source, List.of(), CompileOptions.release()));

    LocalMeshSpec spec = LocalMeshSpec.of(toolbox).withBinary(stock);
    try (LocalMesh mesh = steps.get("start the mesh", () -> LocalMesh.start(spec))) {
      Workload httpbin =
          steps.get(
              "deploy httpbin", () -> mesh.workloads().deploy(WorkloadSpec.http("httpbin", 8000)));
      Workload client =
          steps.get("deploy client", () -> mesh.workloads().deploy(WorkloadSpec.client("client")));
      show("before", inspector.read(client.proxy().config()), client.send(GET));

      IstiodBinary changed =
          steps.get(
              "edit route.go and compile",
              () ->
                  compiler.compile(source, List.of(ADD_RESPONSE_HEADER), CompileOptions.release()));
      steps.run("swap istiod", () -> mesh.istiod().replaceWith(changed, MINUTE));
      EnvoyConfig after =
          steps.get(
              "wait until Envoy has the new route",
              () ->
                  assertThatConfig(client.proxy().config())
                      .within(MINUTE)
                      .satisfies(
                          config ->
                              config
                                  .route("8000")
                                  .virtualHost(HTTPBIN)
                                  .routeFor(get("/get"))
                                  .hasResponseHeader(HEADER, VALUE))
                      .actual());
      steps.run(
          "wait until it is acknowledged",
          () -> mesh.istiod().await(client.proxy().id(), sync -> sync.inSync(), MINUTE));
      HttpReply reply = steps.get("send a request", () -> client.send(GET));
      show("after", after, reply);

      assertThat(reply.headers()).as("headers of %s", reply).containsEntry(HEADER, List.of(VALUE));
      steps.run("end httpbin", httpbin::close);
      steps.print();
    }
  }

  private void show(String when, EnvoyConfig config, HttpReply reply) {
    System.out.println();
    System.out.println(when + ":");
    System.out.println("  route 8000, " + HTTPBIN);
    System.out.println("    " + route(config));
    System.out.println("    sets " + HEADER + ": " + header(config).orElse("(nothing)"));
    System.out.println("  response " + reply.status());
    System.out.println(
        "    "
            + HEADER
            + ": "
            + String.join(",", reply.headers().getOrDefault(HEADER, List.of("(none)"))));
    System.out.println();
  }

  private static Optional<String> header(EnvoyConfig config) {
    return config
        .route("8000")
        .flatMap(routes -> routes.virtualHost(HTTPBIN))
        .flatMap(host -> host.routes().get(0).responseHeader(HEADER));
  }

  private static Route route(EnvoyConfig config) {
    return config
        .route("8000")
        .flatMap(routes -> routes.virtualHost(HTTPBIN))
        .orElseThrow()
        .routes()
        .get(0);
  }
}
