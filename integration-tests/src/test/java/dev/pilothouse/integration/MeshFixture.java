package dev.pilothouse.integration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodDeployer;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.HttpReply;
import dev.pilothouse.workload.LocalWorkload;
import dev.pilothouse.workload.LocalWorkloads;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.Workloads;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A mesh that the tests of a class share: API server, istiod, workloads. What a test applies or
 * deploys ends with the test; what {@link #withWorkloads} names stays for the class.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final MeshFixture MESH =
 *     MeshFixture.of(IstiodSpec.defaults()).withWorkloads(WorkloadSpec.client("client"));
 * }</pre>
 */
final class MeshFixture
    implements BeforeAllCallback, AfterAllCallback, AfterEachCallback, AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final IstiodSpec istiodSpec;
  private final Function<Toolbox, IstiodBinary> binary;
  private final List<WorkloadSpec> specs;
  private final Deque<AutoCloseable> ofClass = new ArrayDeque<>();
  private final Deque<AutoCloseable> ofTest = new ArrayDeque<>();
  private Toolbox toolbox;
  private OwnedCluster cluster;
  private Istiod istiod;
  private LocalWorkloads workloads;
  private List<LocalWorkload> deployed = List.of();

  private MeshFixture(
      IstiodSpec istiodSpec, Function<Toolbox, IstiodBinary> binary, List<WorkloadSpec> specs) {
    this.istiodSpec = istiodSpec;
    this.binary = binary;
    this.specs = specs;
  }

  /** A mesh whose istiod runs so. */
  static MeshFixture of(IstiodSpec spec) {
    return new MeshFixture(spec, MeshFixture::istiodBinary, List.of());
  }

  /** The same mesh with workloads that all tests of the class use. */
  MeshFixture withWorkloads(WorkloadSpec... all) {
    return new MeshFixture(istiodSpec, binary, List.of(all));
  }

  /** The same mesh with another istiod. */
  MeshFixture withBinary(Function<Toolbox, IstiodBinary> other) {
    return new MeshFixture(istiodSpec, other, specs);
  }

  /** The stock istiod that the tests use. */
  static IstiodBinary istiodBinary(Toolbox toolbox) {
    return IstiodBinary.at(
        toolbox.require(Set.of(Tool.PILOT_DISCOVERY)).get(Tool.PILOT_DISCOVERY).path());
  }

  /** Starts it, for a test that keeps a mesh of its own. */
  MeshFixture start() {
    boolean started = false;
    try {
      toolbox = Toolbox.create();
      cluster = ClusterManager.local(toolbox).open(LocalClusterSpec.named("test"));
      ofClass.push(cluster);
      istiod = IstiodDeployer.beside(cluster).deploy(binary.apply(toolbox), istiodSpec);
      ofClass.push(istiod);
      workloads = Workloads.local(cluster, istiod, toolbox);
      ofClass.push(workloads);
      deployed = deployAll(specs);
      started = true;
      return this;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  /** Deploys several at once. */
  List<LocalWorkload> deployAll(List<WorkloadSpec> all) {
    return all.parallelStream().map(workloads::deploy).toList();
  }

  Toolbox toolbox() {
    return toolbox;
  }

  Cluster cluster() {
    return cluster;
  }

  Istiod istiod() {
    return istiod;
  }

  LocalWorkloads workloads() {
    return workloads;
  }

  /** One of the workloads that all tests of the class use. */
  LocalWorkload workload(String name) {
    return deployed.stream()
        .filter(workload -> workload.spec().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Deploys a workload until the test ends. */
  LocalWorkload deploy(WorkloadSpec spec) {
    LocalWorkload workload = workloads.deploy(spec);
    ofTest.push(workload);
    return workload;
  }

  /** Applies YAML until the test ends. */
  Applied apply(String yaml) {
    Applied applied = cluster.apply(Manifests.yaml(yaml));
    ofTest.push(applied);
    return applied;
  }

  /** What Pilothouse's own application tells of a request. */
  static JsonNode told(HttpReply reply) {
    try {
      return JSON.readTree(reply.body());
    } catch (JsonProcessingException e) {
      throw new AssertionError("not from Pilothouse's application: " + reply, e);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    start();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    closeAll(ofTest);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public void close() {
    try {
      closeAll(ofTest);
    } finally {
      closeAll(ofClass);
    }
  }

  private static void closeAll(Deque<AutoCloseable> all) {
    RuntimeException failure = null;
    while (!all.isEmpty()) {
      try {
        all.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("closing the mesh of a test", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
