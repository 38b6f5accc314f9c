package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.delve.BreakpointSpec;
import dev.pilothouse.delve.DelveAttacher;
import dev.pilothouse.delve.DelveOptions;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.delve.Scope;
import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import dev.pilothouse.envoy.xds.XdsClient;
import dev.pilothouse.envoy.xds.XdsNode;
import dev.pilothouse.envoy.xds.XdsServer;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.DebugEndpoint;
import dev.pilothouse.istiod.Debuggable;
import dev.pilothouse.istiod.DelveLaunch;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.source.SourceEdit;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.WorkloadSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A mesh whose istiod is a debug build under Delve, with one Envoy and a service to route to. */
final class DebuggedMesh {
  static final Duration SOON = Duration.ofMinutes(1);
  static final String HTTPBIN = "outbound|8000||httpbin.default.svc.cluster.local";

  /** Reached for each HTTP service that has no VirtualService, at each push to each proxy. */
  static final BreakpointSpec OUTBOUND =
      BreakpointSpec.function("route.BuildDefaultHTTPOutboundRoute");

  static final String TO_HTTPBIN = "clusterName == \"" + HTTPBIN + "\"";

  private static final String ROUTE_GO = "pilot/pkg/networking/core/route/route.go";

  private DebuggedMesh() {}

  static MeshFixture fixture() {
    return MeshFixture.of(IstiodSpec.defaults().withDelve(DelveLaunch.of(Toolbox.create())))
        .withBinary(DebuggedMesh::debugBuild)
        .withWorkloads(WorkloadSpec.client("client"));
  }

  static IstiodBinary debugBuild(Toolbox toolbox) {
    return IstiodCompiler.create(toolbox)
        .compile(IstioSource.pinned(toolbox), List.of(), CompileOptions.debug());
  }

  /** Gives the routes that {@link #OUTBOUND} makes a header. A value is compiled once for all. */
  static SourceEdit header(String value) {
    String code =
        """

        	out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, &core.HeaderValueOption{
        		Header: &core.HeaderValue{Key: "x-debugged", Value: "%s"},
        	})"""
            .formatted(value);
    return SourceEdit.insertAfter(ROUTE_GO, "setTimeout(out.GetRoute(), nil, nil)", code);
  }

  /** Which build a debugger sees. */
  static String buildTag(Scope scope) {
    return scope.eval("\"istio.io/istio/pkg/version\".buildTag").text();
  }

  /**
   * A service without endpoints, until the cluster ends.
   *
   * @return what the Envoy has then
   */
  static EnvoyConfig applyHttpbin(MeshFixture mesh) {
    var unused = mesh.cluster().apply(Manifests.yaml(service("httpbin", "http", 8000)));
    awaitRoutes(mesh, "httpbin");
    awaitConnected(mesh);
    return EnvoyConfigInspector.create().read(config(mesh));
  }

  static String service(String name, String protocol, int port) {
    return """
        apiVersion: v1
        kind: Service
        metadata: {name: %s, namespace: default}
        spec:
          ports: [{name: %s, port: %d}]
        ---
        """
        .formatted(name, protocol, port);
  }

  static String route(String name, String header) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: httpbin, namespace: default}
        spec:
          hosts: [httpbin]
          http:
          - name: %s
            headers: {response: {set: {x-rule: %s}}}
            route: [{destination: {host: httpbin, port: {number: 8000}}}]
        """
        .formatted(name, header);
  }

  static DelveSession attach(MeshFixture mesh, DelveOptions options) {
    return DelveAttacher.create(mesh.toolbox()).attach(mesh.istiod(), options);
  }

  static DebugEndpoint.Delve endpoint(MeshFixture mesh) {
    return (DebugEndpoint.Delve) ((Debuggable) mesh.istiod()).debug();
  }

  /** Makes istiod push everything; done when istiod, which may be stopped meanwhile, has begun. */
  static CompletableFuture<Integer> push(MeshFixture mesh) {
    return push(mesh.istiod());
  }

  static CompletableFuture<Integer> push(Istiod istiod) {
    IstiodConsole console = IstiodConsole.of(istiod);
    return CompletableFuture.supplyAsync(console::push);
  }

  static XdsClient proxy(Istiod istiod, String name) {
    return XdsClient.connect(
        XdsServer.plaintext("127.0.0.1", istiod.xdsPort()),
        XdsNode.sidecar(name, "default", "10.9.8.7"));
  }

  /** Waits until the Envoy has a text somewhere in the routes that istiod has sent it. */
  static void awaitRoutes(MeshFixture mesh, String text) {
    EnvoyConfigInspector.create()
        .await(
            mesh.workload("client").proxy().config().only(ConfigSection.DYNAMIC_ROUTE_CONFIGS),
            config -> config.raw().toString().contains(text),
            SOON);
  }

  /** The Delve, and the istiod that it runs. */
  static List<ProcessHandle> processes(MeshFixture mesh) {
    Path folder = mesh.istiod().log().getParent();
    return Stream.of("dlv", "pilot-discovery")
        .flatMap(program -> Processes.below(folder, program).stream())
        .toList();
  }

  /** Waits until the Envoy has all it asks for, of an istiod that was started again. */
  static void awaitConnected(MeshFixture mesh) {
    var unused = mesh.istiod().await("client.default", DebuggedMesh::hasRoutes, SOON);
  }

  private static boolean hasRoutes(ProxySync sync) {
    return sync.inSync() && sync.types().containsKey(ProxySync.ROUTES);
  }

  /**
   * However a test ends, istiod pushes afterwards, and nothing is left that could stop it. The push
   * is over then, and the proxies of the test are gone: neither reaches the next one's breakpoints.
   */
  static void assertRuns(MeshFixture mesh) {
    awaitConnected(mesh);
    String before = sentRoutes(mesh);
    assertThat(push(mesh)).succeedsWithin(SOON);
    Poll.require(
        "the Envoy alone is connected, and has what was pushed",
        SOON,
        () -> {
          List<ProxySync> proxies = proxies(mesh.istiod());
          return proxies.size() == 1
                  && hasRoutes(proxies.get(0))
                  && !sentRoutes(mesh).equals(before)
              ? Optional.of(true)
              : Optional.empty();
        });
  }

  /** An istiod that has just stood still answers late. */
  private static List<ProxySync> proxies(Istiod istiod) throws Poll.NotYet {
    try {
      return istiod.proxies();
    } catch (PilothouseException e) {
      throw new Poll.NotYet(String.valueOf(e.getMessage()));
    }
  }

  private static String sentRoutes(MeshFixture mesh) {
    return mesh.istiod()
        .await("client.default", DebuggedMesh::hasRoutes, SOON)
        .types()
        .get(ProxySync.ROUTES)
        .sent();
  }

  /** Waits until the Envoy has again what it had before a test applied anything. */
  static void awaitAgain(MeshFixture mesh, EnvoyConfig first) {
    EnvoyConfigInspector.create()
        .await(config(mesh), now -> EnvoyDiff.between(first, now).isEmpty(), SOON);
  }

  static ConfigSource config(MeshFixture mesh) {
    return mesh.workload("client").proxy().config();
  }
}
