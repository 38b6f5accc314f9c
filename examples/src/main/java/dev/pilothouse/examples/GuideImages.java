package dev.pilothouse.examples;

import dev.pilothouse.workload.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * The images that {@link HackingOnIstiod} runs beside the istiod that it builds.
 *
 * @param node the nodes' image; empty for that of this kind's release
 * @param proxyHub where {@code proxyv2} lies; empty for where Istio's releases lie
 * @param proxyTag its tag; empty for that of the istioctl in use
 * @param httpbin the sample that is called
 * @param sleep the sample that calls
 * @param toLoad what Docker has and no registry; it is loaded into the nodes
 */
public record GuideImages(
    Optional<String> node,
    String proxyHub,
    String proxyTag,
    Sample httpbin,
    Sample sleep,
    List<String> toLoad) {

  /**
   * Released images, which Docker and the nodes pull.
   *
   * @return the images; the proxy's has to be of a release, as {@code docker.io/istio} and {@code
   *     1.29.0}
   */
  static GuideImages released(String proxyTag) {
    return new GuideImages(
        Optional.empty(), "docker.io/istio", proxyTag, Sample.httpbin(), Sample.sleep(), List.of());
  }

  /**
   * Those that {@code testbed/up} made, where no registry is in reach.
   *
   * @param properties {@code testbed/target/testbed.properties}
   * @return the images
   * @throws IOException if the file cannot be read
   */
  public static GuideImages ofTestbed(Path properties) throws IOException {
    Properties made = new Properties();
    try (InputStream file = Files.newInputStream(properties)) {
      made.load(file);
    }
    String hub = made.getProperty("hub");
    String istioTag = made.getProperty("istio.tag");
    String httpbin = hub + "/httpbin:" + made.getProperty("sample.tag");
    String curl = hub + "/curl:" + made.getProperty("sample.tag");
    return new GuideImages(
        Optional.of(made.getProperty("node.image")),
        hub,
        istioTag,
        Sample.httpbin(httpbin),
        Sample.sleep(curl),
        List.of(hub + "/proxyv2:" + istioTag, httpbin, curl));
  }
}
