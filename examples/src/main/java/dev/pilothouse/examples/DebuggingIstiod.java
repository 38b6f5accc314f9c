package dev.pilothouse.examples;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThatConfig;
import static dev.pilothouse.envoy.assertj.EnvoyAssertions.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.delve.Breakpoint;
import dev.pilothouse.delve.BreakpointSpec;
import dev.pilothouse.delve.DelveAttacher;
import dev.pilothouse.delve.DelveOptions;
import dev.pilothouse.delve.DelveSession;
import dev.pilothouse.delve.Hit;
import dev.pilothouse.delve.Scope;
import dev.pilothouse.delve.paths.PathMapping;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.Delivery;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageDebugger;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.istiod.DebuggedIstiod;
import dev.pilothouse.istiod.DelvePatch;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.kind.KindClusters;
import dev.pilothouse.kind.KindSpec;
import dev.pilothouse.kind.Prerequisites;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import dev.pilothouse.workload.PodOptions;
import dev.pilothouse.workload.PodWorkload;
import dev.pilothouse.workload.PodWorkloads;
import dev.pilothouse.workload.Workloads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The guide "Remote Debugging of Istiod Pod" on a real kind cluster: a debug image, the Deployment
 * patched, the two lines in the log, the port-forward, configurations for GoLand and VS Code, and a
 * breakpoint that a VirtualService of bookinfo's reaches. In the end everything is as before.
 */
public final class DebuggingIstiod {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final int GUIDES_PORT = 40_000;
  private static final String SMALL =
      "{pilot: {resources: {requests: {cpu: 50m, memory: 128Mi}}},"
          + " global: {proxy: {resources: {requests: {cpu: 10m, memory: 64Mi}}}}}";

  private static final String REVIEWS =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: reviews, namespace: default}
      spec: {ports: [{name: http, port: 9080}], selector: {app: reviews}}
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: reviews, namespace: default}
      spec:
        host: reviews
        subsets:
        - {name: v1, labels: {version: v1}}
        - {name: v2, labels: {version: v2}}
      """;

  private static final String TO_VERSION_1 =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews, namespace: default}
      spec:
        hosts: [reviews]
        http:
        - route:
          - destination: {host: reviews, subset: v1}
      """;

  private final Toolbox toolbox =
      Toolbox.builder().listener(new ProgressPrinter(System.out)).build();
  private final Steps steps = new Steps(System.out);
  private final GuideImages images;
  private final int port;
  private final Path project;

  /**
   * Nothing is done yet.
   *
   * @param images what runs beside istiod
   * @param port where the IDE finds Delve, on loopback; 0 for any that is free
   * @param project where the IDE's configurations are written
   */
  public DebuggingIstiod(GuideImages images, int port, Path project) {
    this.images = images;
    this.port = port;
    this.project = project;
  }

  /**
   * Runs it.
   *
   * @param arguments {@code testbed/target/testbed.properties}, where images come from the testbed,
   *     else the tag of a release of Istio's images, as {@code 1.29.0}; and the folder that is open
   *     in the IDE
   * @throws IOException if the testbed's properties cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("usage: DebuggingIstiod testbed.properties|TAG PROJECT");
      System.exit(2);
    }
    GuideImages images =
        arguments[0].endsWith(".properties")
            ? GuideImages.ofTestbed(Path.of(arguments[0]))
            : GuideImages.released(arguments[0]);
    try {
      new DebuggingIstiod(images, GUIDES_PORT, Path.of(arguments[1])).run();
    } catch (PilothouseException | ToolboxException | AssertionError failure) {
      System.err.println();
      System.err.println(failure.getMessage());
      System.exit(1);
    }
  }

  /** Runs all steps. What it makes is gone in the end, but for the IDE's configurations. */
  public void run() {
    steps.run(
        "tools", () -> toolbox.provision(Set.of(Tool.KIND, Tool.KUBECTL, Tool.ISTIOCTL, Tool.DLV)));
    IstioSource source = steps.get("1. get the source", () -> IstioSource.pinned(toolbox));
    DockerHost docker = DockerHost.usual();
    String node = images.node().orElse(null);
    steps.run(
        "   prerequisites", () -> Prerequisites.check(toolbox, docker, source, node).require());
    IstiodBinary debugBinary =
        steps.get(
            "2. build istiod as DEBUG=1 does",
            () ->
                IstiodCompiler.create(toolbox).compile(source, List.of(), CompileOptions.debug()));

    KindSpec spec = KindSpec.named("debugging-istiod");
    KindSpec wanted = images.node().map(spec::withNodeImage).orElse(spec);
    try (KindCluster cluster =
        steps.get("3. create a cluster", () -> KindClusters.create(toolbox).open(wanted))) {
      String pilot = images.proxyHub() + "/pilot:" + images.proxyTag();
      steps.run("   load images", () -> load(cluster, pilot));
      InstallSpec install =
          InstallSpec.of(toolbox.require(Tool.ISTIOCTL).path(), Delivery.image(pilot))
              .withProxyImage(images.proxyHub(), images.proxyTag())
              .withProfile("minimal")
              .withValues(SMALL);
      // Upstream Envoy lacks Istio's own filters. With Istio's proxy, MeshProfile.ISTIO_DEFAULTS
      // works. While istiod stands still it validates nothing, so that is off.
      IstiodSpec how =
          IstiodSpec.defaults()
              .withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS)
              .withValidation(false)
              .withReadyDeadline(SOON);
      try (InClusterIstiod istiod =
              steps.get(
                  "   install Istio",
                  () -> IstiodDeployer.inCluster(cluster, install).deploy(pilot, how));
          PodWorkloads workloads = Workloads.inCluster(cluster, PodOptions.defaults())) {
        debug(cluster, istiod, workloads, source, debugBinary);
      }
    }
    steps.print();
  }

  private void load(KindCluster cluster, String pilot) {
    if (!images.toLoad().isEmpty()) {
      List<String> all = new ArrayList<>(images.toLoad());
      all.add(pilot);
      cluster.load(all);
    }
  }

  /** A debug image, the Deployment patched, and everything set back in the end. */
  @SuppressWarnings("try") // The label of the namespace is there to be there.
  private void debug(
      KindCluster cluster,
      InClusterIstiod istiod,
      PodWorkloads workloads,
      IstioSource source,
      IstiodBinary debugBinary) {
    ImageBuilder builder = ImageBuilders.docker(DockerHost.usual(), event -> {});
    ImageSpec image =
        ImageSpec.pilot()
            .withName("pilot-debug")
            .withDebugger(ImageDebugger.asInTheGuide(toolbox.require(Tool.DLV).path()));
    DelvePatch patch =
        DelvePatch.deliver(debugBinary, Deliveries.in(DockerHost.usual()).kindLoad(builder, image))
            .withLocalPort(port)
            .asInTheGuide();
    try (var injection = workloads.injectedNamespace("default")) {
      workloads.deploy(images.sleep(), "default");
      cluster.apply(Manifests.yaml(REVIEWS));
      PodWorkload sleep = workloads.find("default", "sleep");
      String before = istiod.replicas().get(0).image();
      try (DebuggedIstiod debugged =
          steps.get(
              "4.–6. build the debug image, load it, patch the Deployment, forward the port",
              () -> istiod.debug(patch))) {
        System.out.println(debugged.steps().table());
        debugged.startLines().forEach(System.out::println);
        breakpoint(cluster, debugged, sleep, source);
      }
      assertThat(istiod.replicas().get(0).image()).as("set back").isEqualTo(before);
    } finally {
      builder.prune(image, 0);
    }
  }

  private void breakpoint(
      KindCluster cluster, DebuggedIstiod debugged, PodWorkload sleep, IstioSource source) {
    DelveOptions options = DelveOptions.usual().withPaths(PathMapping.ofTree(source.root()));
    try (DelveSession debug =
        steps.get("7. attach", () -> DelveAttacher.create(toolbox).attach(debugged, options))) {
      System.out.println(debug.version());
      System.out.println("GoLand:  " + debug.ide().writeGoLand(project, "istiod in kind"));
      System.out.println("VS Code: " + debug.ide().writeVsCode(project, "istiod in kind"));
      System.out.println("or:      " + String.join(" ", debug.ide().command()));

      Breakpoint stop =
          debug.breakAt(
              BreakpointSpec.function("route.BuildHTTPRoutesForVirtualService").withStack(4));
      Hit hit =
          steps.get(
              "8. apply a VirtualService, and istiod stops at the breakpoint",
              () -> {
                cluster.apply(Manifests.yaml(TO_VERSION_1));
                return stop.await(SOON);
              });
      System.out.println(hit.location());
      hit.stack().forEach(frame -> System.out.println("  from " + frame));
      Scope scope = debug.scope(hit);
      System.out.println("virtualService.Meta = " + scope.eval("virtualService.Meta"));
      System.out.println("listenPort = " + scope.eval("listenPort"));
      System.out.println("node.ID = " + scope.eval("node.ID"));
      assertThat(scope.eval("virtualService.Meta.Name").text()).isEqualTo("reviews");
      assertThat(hit.location().file()).startsWith(source.root().toString());
      System.out.println("next: " + debug.next(SOON));
      stop.close();
      debug.resume();
    }
    steps.run(
        "9. let go, istiod pushes the route",
        () ->
            assertThatConfig(sleep.proxy().config())
                .within(SOON)
                .satisfies(
                    config ->
                        config
                            .route("9080")
                            .virtualHost("reviews.default.svc.cluster.local:9080")
                            .routeFor(get("/"))
                            .isMadeFrom("VirtualService", "default", "reviews")));
  }
}
