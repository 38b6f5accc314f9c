package dev.pilothouse.workload;

import static java.util.Objects.requireNonNull;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.envoy.AdminConfigSource;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.admin.EnvoyAdmin;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.TimeLeft;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.MissingToolsException;
import dev.pilothouse.toolbox.RunDirectory;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import dev.pilothouse.workload.LoopbackBlock.Addresses;
import dev.pilothouse.workload.WorkloadSpec.Security;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Workloads whose Envoys are processes of this machine. */
final class ProcessWorkloads implements LocalWorkloads {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessWorkloads.class);

  private final Cluster cluster;
  private final Istiod istiod;
  private final Toolbox toolbox;
  private final RunDirectory run;
  private final LoopbackBlock block;
  private final Namespaces namespaces;
  private final Leftovers leftovers;
  private final SharedServices services;
  private final PushContextWait pushContext;
  private final boolean lowPorts = LowPorts.allowed();
  private final Map<Security, EnvoyRunner> runners = new ConcurrentHashMap<>();
  private final AtomicInteger deployed = new AtomicInteger();

  /** Reserved by this run, and used by no workload at present. */
  private final Queue<Integer> adminPorts = new ConcurrentLinkedQueue<>();

  private final OpenWorkloads open = new OpenWorkloads();

  private ProcessWorkloads(
      Cluster cluster, Istiod istiod, Toolbox toolbox, RunDirectory run, LoopbackBlock block) {
    this.cluster = cluster;
    this.istiod = istiod;
    this.toolbox = toolbox;
    this.run = run;
    this.block = block;
    this.namespaces = new Namespaces(cluster.client());
    this.leftovers = new Leftovers(cluster.client());
    this.services = new SharedServices(cluster);
    this.pushContext = new PushContextWait(istiod);
  }

  static ProcessWorkloads open(Cluster cluster, Istiod istiod, Toolbox toolbox) {
    RunDirectory run;
    try {
      run = RunDirectory.open("workloads");
    } catch (ToolboxException e) {
      throw wrapped("opening local workloads", e);
    }
    boolean opened = false;
    try {
      // After the run was opened: that has ended what dead runs of this machine left.
      new Leftovers(cluster.client()).remove();
      ProcessWorkloads workloads =
          new ProcessWorkloads(cluster, istiod, toolbox, run, LoopbackBlock.reserve());
      opened = true;
      return workloads;
    } finally {
      if (!opened) {
        run.close();
      }
    }
  }

  @Override
  public LocalWorkload deploy(WorkloadSpec spec) {
    String tried = "deploying workload " + spec.proxyId();
    open.claim(tried, spec);
    Undo undo = new Undo();
    undo.add("releasing its name", () -> open.release(spec));
    boolean done = false;
    try {
      ProcessWorkload workload = deploy(tried, spec, undo);
      open.keep(tried, workload);
      done = true;
      return workload;
    } catch (MissingToolsException e) {
      throw e; // Its list is of use to the caller.
    } catch (ToolboxException e) {
      throw wrapped(tried, e);
    } finally {
      if (!done) {
        undo.all((what, e) -> LOG.warn("After {} has failed, {} failed too", tried, what, e));
      }
    }
  }

  private ProcessWorkload deploy(String tried, WorkloadSpec spec, Undo undo) {
    long end = System.nanoTime() + spec.readyDeadline().toNanos();
    requireIstiod(tried);
    warnOfPlainText(spec);
    EnvoyRunner runner = runners.computeIfAbsent(spec.security(), this::runner);
    Addresses addresses = block.allot();
    undo.add("releasing its addresses", () -> block.release(addresses));
    Site site = new Site(addresses, lowPorts);
    Application application = Application.start(spec);
    undo.add("ending its application", application::close);

    namespaces.make(tried, spec.namespace());
    WorkloadManifests manifests =
        new WorkloadManifests(spec, site, application.ports(), Leftovers.run(run.path()));
    leftovers.requireFree(tried, spec, manifests.resourceName());
    if (!spec.ports().isEmpty()) {
      services.use(spec, manifests.service());
      undo.add("removing its Service", () -> services.leave(spec));
    }
    Applied own = cluster.apply(manifests.own());
    undo.add("removing its resources", own::close);
    pushContext.untilRead(tried, own.resources(), TimeLeft.until(end));
    int number = deployed.incrementAndGet();
    Applied marker = cluster.apply(manifests.marker(manifests.resourceName() + "-" + number));
    undo.add("removing its marker", marker::close);
    pushContext.untilInForce(tried, marker.resources().get(0), TimeLeft.until(end));

    Integer used = adminPorts.poll();
    int adminPort = used == null ? run.reservePort() : used;
    undo.add("releasing its admin port", () -> adminPorts.add(adminPort));
    URI admin = URI.create("http://127.0.0.1:" + adminPort);
    Path folder = Path.of("envoy-" + spec.proxyId() + "-" + number);
    undo.add("deleting its files", () -> Folders.delete(run.path().resolve(folder)));
    ManagedProcess process =
        runner.start(new Node(spec, site, manifests.labels()), adminPort, folder);
    undo.add("ending its Envoy", process::close);
    new Readiness(tried, spec, site, istiod, EnvoyAdmin.at(admin), process)
        .await(TimeLeft.until(end));
    return new ProcessWorkload(spec, site, process, admin, config(admin), undo, open::forget);
  }

  /** Else the first to miss it would be the API server, with words about a webhook. */
  private void requireIstiod(String tried) {
    try {
      istiod.proxies();
    } catch (PilothouseException e) {
      String words = String.valueOf(e.getMessage());
      throw new PilothouseException(tried, words, "", e.evidence().orElse(null), e);
    }
  }

  private void warnOfPlainText(WorkloadSpec spec) {
    boolean plain = istiod.spec().profile() == MeshProfile.UPSTREAM_ENVOY;
    if (plain && spec.security() == Security.MUTUAL_TLS) {
      LOG.warn(
          "Workload {} has certificates, but istiod {} with MeshProfile.UPSTREAM_ENVOY has sidecars"
              + " speak plain text: for mutual TLS take MeshProfile.UPSTREAM_ENVOY_MTLS",
          spec.proxyId(),
          istiod.spec().name());
    }
  }

  private AdminConfigSource config(URI admin) {
    return ConfigSource.admin(admin).withLabels(Map.of("profile", istiod.spec().profile().name()));
  }

  private EnvoyRunner runner(Security security) {
    boolean tls = security == Security.MUTUAL_TLS;
    Map<Tool, ToolBinary> tools =
        toolbox.require(tls ? Set.of(Tool.ENVOY, Tool.PILOT_AGENT) : Set.of(Tool.ENVOY));
    Path envoy = requireNonNull(tools.get(Tool.ENVOY)).path();
    return tls
        ? new AgentEnvoy(
            run,
            requireNonNull(tools.get(Tool.PILOT_AGENT)).path(),
            envoy,
            istiod,
            cluster.client())
        : new PlainEnvoy(run, envoy, istiod);
  }

  @Override
  public void close() {
    if (!open.close()) {
      return;
    }
    try {
      run.close();
    } catch (ToolboxException e) {
      throw wrapped("closing local workloads", e);
    } finally {
      block.close();
    }
  }

  private static PilothouseException wrapped(String tried, ToolboxException e) {
    return new PilothouseException(tried, e.summary(), "", null, e);
  }
}
