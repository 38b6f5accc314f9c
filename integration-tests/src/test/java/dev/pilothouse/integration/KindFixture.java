package dev.pilothouse.integration;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.kind.KindCluster;
import dev.pilothouse.kind.KindClusters;
import dev.pilothouse.kind.KindSpec;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where all tests on kind get their cluster and the names of their images. Where there is no
 * testbed, it skips the test, with the reason.
 *
 * <pre>{@code
 * private static final KindFixture KIND = KindFixture.require();
 * KindCluster cluster = KIND.cluster();   // one for all tests: use a namespace of your own
 * }</pre>
 *
 * <p>{@code testbed/up} writes what there is into {@code testbed/target/testbed.properties}. While
 * you work on tests, the environment variable PILOTHOUSE_TEST_CLUSTER names a kind cluster that is
 * used and left as it is.
 */
final class KindFixture {
  private static final Logger LOG = LoggerFactory.getLogger(KindFixture.class);
  static final Path TESTBED = Path.of("..", "testbed", "target", "testbed.properties");
  private static final String SHARED = "pilothouse-tests";

  private static KindCluster shared;

  private final Properties testbed;
  private final Toolbox toolbox = Toolbox.create();

  private KindFixture(Properties testbed) {
    this.testbed = testbed;
  }

  /**
   * What the testbed has.
   *
   * @throws TestAbortedException if there is none, with the reason
   */
  static KindFixture require() {
    Properties testbed = new Properties();
    if (!Files.exists(TESTBED)) {
      throw skipped("nobody has brought the testbed up (testbed/up does)");
    }
    try (InputStream file = Files.newInputStream(TESTBED)) {
      testbed.load(file);
    } catch (IOException e) {
      throw new AssertionError("the testbed's answer cannot be read", e);
    }
    if (!Boolean.parseBoolean(testbed.getProperty("available"))) {
      throw skipped(testbed.getProperty("reason"));
    }
    KindFixture fixture = new KindFixture(testbed);
    fixture.toolbox.provision(Tool.KIND);
    try {
      fixture.clusters().list();
    } catch (PilothouseException e) {
      throw skipped("the testbed was up, but now: " + e.getMessage());
    }
    return fixture;
  }

  private static TestAbortedException skipped(String reason) {
    LOG.warn("Tests on kind are skipped: {}", reason);
    return new TestAbortedException("no kind here: " + reason);
  }

  Toolbox toolbox() {
    return toolbox;
  }

  /** The clusters of this Docker. */
  KindClusters clusters() {
    return KindClusters.create(toolbox);
  }

  /** The image of nodes. */
  String nodeImage() {
    return Objects.requireNonNull(testbed.getProperty("node.image"));
  }

  /** What comes before the names of images: {@code hub() + "/pilot:" + istioTag()}. */
  String hub() {
    return Objects.requireNonNull(testbed.getProperty("hub"));
  }

  /** The tag of Istio's images, {@code pilot} and {@code proxyv2}. */
  String istioTag() {
    return Objects.requireNonNull(testbed.getProperty("istio.tag"));
  }

  /** The tag of the samples' images. */
  String sampleTag() {
    return Objects.requireNonNull(testbed.getProperty("sample.tag"));
  }

  /** The images of Docker that pods of the tests run. */
  List<String> images() {
    return List.of(
        hub() + "/pilot:" + istioTag(),
        hub() + "/proxyv2:" + istioTag(),
        hub() + "/base:" + sampleTag(),
        hub() + "/curl:" + sampleTag(),
        hub() + "/httpbin:" + sampleTag());
  }

  /** A cluster of one's own, of the testbed's nodes. It takes half a minute, and a GiB. */
  KindSpec spec(String name) {
    return KindSpec.named(name).withNodeImage(nodeImage());
  }

  /**
   * The cluster that all tests share. It is made when it is first asked for, with the ports of
   * istiod published and the testbed's images in its nodes, and ends with the JVM.
   */
  KindCluster cluster() {
    synchronized (KindFixture.class) {
      if (shared == null) {
        String named = System.getenv("PILOTHOUSE_TEST_CLUSTER");
        shared =
            Optional.ofNullable(named)
                .flatMap(clusters()::find)
                .orElseGet(() -> clusters().open(spec(SHARED).withIstiodPorts(0, 0)));
        shared.load(images());
      }
      return shared;
    }
  }
}
