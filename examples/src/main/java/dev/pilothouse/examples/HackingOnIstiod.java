package dev.pilothouse.examples;

import static dev.pilothouse.envoy.assertj.EnvoyAssertions.assertThatConfig;
import static dev.pilothouse.envoy.assertj.EnvoyAssertions.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.console.LogLine;
import dev.pilothouse.console.XdsEvent;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.ImageBuilder;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.istiod.InClusterIstiod;
import dev.pilothouse.istiod.InstallSpec;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.kind.Deliveries;
import dev.pilothouse.kind.DockerHost;
import dev.pilothouse.kind.ImageBuilders;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.kind.KindClusters;
import dev.pilothouse.kind.KindSpec;
import dev.pilothouse.kind.Prerequisites;
import dev.pilothouse.loop.CycleReport;
import dev.pilothouse.loop.DevLoop;
import dev.pilothouse.loop.DevLoopSpec;
import dev.pilothouse.source.CommonChange;
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
import dev.pilothouse.workload.PodOptions;
import dev.pilothouse.workload.PodStatus;
import dev.pilothouse.workload.PodWorkload;
import dev.pilothouse.workload.PodWorkloads;
import dev.pilothouse.workload.Workloads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The guide "Hacking on Istiod" on a real kind cluster, from its first step to its last: source,
 * cluster, change, build, delivery, installation, samples, the change in Envoy's configuration and
 * in a real response, the fast loop, and clean-up.
 */
public final class HackingOnIstiod {
  private static final String HEADER = "x-istiod-dev";
  private static final String HTTPBIN = "httpbin.default.svc.cluster.local:8000";
  private static final HttpCall GET = HttpCall.get("http://httpbin.default:8000/get");
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String SMALL =
      "{pilot: {resources: {requests: {cpu: 50m, memory: 128Mi}}},"
          + " global: {proxy: {resources: {requests: {cpu: 10m, memory: 64Mi}}}}}";

  private final Toolbox toolbox =
      Toolbox.builder().listener(new ProgressPrinter(System.out)).build();
  private final Steps steps = new Steps(System.out);
  private final GuideImages images;

  /**
   * Nothing is done yet.
   *
   * @param images what runs beside istiod
   */
  public HackingOnIstiod(GuideImages images) {
    this.images = images;
  }

  /**
   * Runs it.
   *
   * @param arguments {@code testbed/target/testbed.properties}, where images come from the testbed;
   *     else the tag of a release of Istio's proxy, as {@code 1.29.0}
   * @throws IOException if the testbed's properties cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("usage: HackingOnIstiod testbed.properties | <tag of Istio's proxyv2>");
      System.exit(2);
    }
    GuideImages images =
        arguments[0].endsWith(".properties")
            ? GuideImages.ofTestbed(Path.of(arguments[0]))
            : GuideImages.released(arguments[0]);
    try {
      new HackingOnIstiod(images).run();
    } catch (PilothouseException | ToolboxException | AssertionError failure) {
      System.err.println();
      System.err.println(failure.getMessage());
      System.exit(1);
    }
  }

  /** Runs all steps. What it makes is gone in the end, also when a step fails. */
  public void run() {
    steps.run(
        "tools", () -> toolbox.provision(Set.of(Tool.KIND, Tool.KUBECTL, Tool.ISTIOCTL, Tool.DLV)));
    // Or IstioSource.clone("https://github.com/istio/istio.git", "master", Path.of("istio")).
    IstioSource source = steps.get("1. get the source", () -> IstioSource.pinned(toolbox));
    DockerHost docker = DockerHost.usual();
    String node = images.node().orElse(null);
    steps.run(
        "   prerequisites", () -> Prerequisites.check(toolbox, docker, source, node).require());

    System.out.println("2. where things are:");
    System.out.println(source.map().places(CommonChange.HTTP_ROUTES));

    KindSpec spec = KindSpec.named("hacking-on-istiod").withIstiodPorts(0, 0);
    KindSpec wanted = images.node().map(spec::withNodeImage).orElse(spec);
    try (KindCluster cluster =
        steps.get("3. create a cluster", () -> KindClusters.create(toolbox).open(wanted))) {
      steps.run("   load sidecar and samples", () -> load(cluster));
      inCluster(cluster, docker, source);
    }
    steps.print();
  }

  private void load(KindCluster cluster) {
    if (!images.toLoad().isEmpty()) {
      cluster.load(images.toLoad());
    }
  }

  private void inCluster(KindCluster cluster, DockerHost docker, IstioSource source) {
    List<SourceEdit> change = List.of(addHeader("locally-modified")); // 4. make your change
    IstiodCompiler compiler = IstiodCompiler.create(toolbox);
    IstiodBinary changed =
        steps.get(
            "5. build istiod", () -> compiler.compile(source, change, CompileOptions.release()));

    ImageBuilder builder = ImageBuilders.docker(docker, event -> {});
    ImageSpec image = ImageSpec.pilot().withTag(ImageSpec.timestampTag()).withSource(source);
    InstallSpec install =
        InstallSpec.of(
                toolbox.require(Tool.ISTIOCTL).path(),
                Deliveries.in(docker).kindLoad(builder, image)) // 6. load the image into kind
            .withInstaller(InstallSpec.Installer.ISTIOCTL_INSTALL)
            .withProxyImage(images.proxyHub(), images.proxyTag())
            .withProfile("minimal") // no gateway: the guide uses none
            .withValues(SMALL)
            .withLifetime(Lifetime.KEEP);
    // Upstream Envoy lacks Istio's own filters. With Istio's proxy, MeshProfile.ISTIO_DEFAULTS
    // works.
    IstiodSpec how =
        IstiodSpec.defaults()
            .withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS)
            .withReadyDeadline(Duration.ofMinutes(5)); // building the image included
    try (InClusterIstiod istiod =
        steps.get(
            "5.–7. build the image, load it, install Istio with it",
            () -> IstiodDeployer.inCluster(cluster, install).deploy(changed, how))) {
      assertThat(cluster.nodes().get(0).images())
          .as("crictl images, in the node")
          .anySatisfy(
              there -> assertThat(there.tags().toString()).contains("localhost/pilot:dev-"));
      assertThat(istiod.binary()).isEqualTo(changed);
    } finally {
      builder.prune(image, 0);
    }

    // The fast loop needs no image. Taking the installation over, it switches to hot swap.
    InstallSpec hot =
        install
            .withInstaller(InstallSpec.Installer.SERVER_SIDE_APPLY)
            .withDelivery(Deliveries.in(docker).hotSwap(toolbox))
            .withLifetime(Lifetime.HANDLE);
    try (InClusterIstiod istiod =
            steps.get(
                "   switch to hot swap",
                () -> IstiodDeployer.inCluster(cluster, hot).deploy(changed, how));
        PodWorkloads workloads = Workloads.inCluster(cluster, PodOptions.defaults())) {
      verify(cluster, istiod, workloads, source);
    }
  }

  @SuppressWarnings("try") // The label of the namespace is there to be there.
  private void verify(
      KindCluster cluster, InClusterIstiod istiod, PodWorkloads workloads, IstioSource source) {
    try (var injection = workloads.injectedNamespace("default")) {
      steps.run(
          "8. deploy httpbin and sleep",
          () -> {
            workloads.deploy(images.httpbin(), "default");
            workloads.deploy(images.sleep(), "default");
          });
      System.out.println(PodStatus.table(workloads.pods("default")));
      PodWorkload sleep = workloads.find("default", "sleep");
      steps.run("9. the change is in Envoy", () -> assertHeaderInConfig(sleep, "locally-modified"));
      HttpReply reply =
          steps.get(
              "   … and in a response",
              () -> sleep.await(GET, answer -> answer.header(HEADER).isPresent(), SOON));
      assertThat(reply.header(HEADER)).hasValue("locally-modified");
      istiod.proxies().forEach(proxy -> System.out.println(proxy.table()));
      pushes(istiod).forEach(System.out::println);

      DevLoop loop =
          DevLoop.of(
              DevLoopSpec.of(toolbox, source, istiod)
                  .withDeadlines(SOON, SOON)
                  .withProxy(sleep.proxy())
                  .withVerification(
                      "the header has its new value",
                      () -> assertThat(sleep.send(GET).header(HEADER)).hasValue("second-edit")));
      CycleReport cycle =
          steps.get("10. the fast loop", () -> loop.cycle(List.of(addHeader("second-edit"))));
      System.out.println(cycle.table());
      istiod.await(sleep.proxy().id(), ProxySync::inSync, SOON);
      assertThat(cluster.nodes()).isNotEmpty();
    }
  }

  private static void assertHeaderInConfig(PodWorkload workload, String value) {
    assertThatConfig(workload.proxy().config())
        .within(SOON)
        .satisfies(
            config ->
                config
                    .route("8000")
                    .virtualHost(HTTPBIN)
                    .routeFor(get("/get"))
                    .hasResponseHeader(HEADER, value));
  }

  /** What {@code kubectl logs deploy/istiod | grep -E "Push|xds"} is after. */
  private static List<XdsEvent> pushes(InClusterIstiod istiod) {
    return LogLine.parse(istiod.logTail(50)).stream()
        .map(LogLine::event)
        .flatMap(Optional::stream)
        .filter(XdsEvent.Push.class::isInstance)
        .toList();
  }

  private static SourceEdit addHeader(String value) {
    return SourceEdit.insertAfter(
        "pilot/pkg/networking/core/route/route.go",
        "setTimeout(out.GetRoute(), nil, nil)",
        """

        	out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, &core.HeaderValueOption{
        		Header: &core.HeaderValue{
        			Key:   "x-istiod-dev",
        			Value: "%s",
        		},
        		AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
        	})"""
            .formatted(value));
  }
}
