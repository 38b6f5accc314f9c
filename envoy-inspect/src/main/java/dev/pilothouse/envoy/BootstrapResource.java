package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What Envoy was started with. */
public final class BootstrapResource extends Resource {
  private record View(
      String nodeId, String nodeCluster, String envoyVersion, @Nullable Address admin) {}

  BootstrapResource(Scanned found, Content content) {
    super(found, content);
  }

  /**
   * Its identity towards the control plane.
   *
   * @return for a proxy of Istio {@code
   *     sidecar~10.1.0.7~httpbin.default~default.svc.cluster.local}; empty when it has none
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public String nodeId() {
    return view().nodeId();
  }

  /**
   * The cluster that it says it belongs to.
   *
   * @return for a proxy of Istio {@code httpbin.default}; empty when it says none
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public String nodeCluster() {
    return view().nodeCluster();
  }

  /**
   * Which Envoy it is.
   *
   * @return its version, as {@code 1.40.0}; empty when the bootstrap does not tell, as in istiod's
   *     dump
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public String envoyVersion() {
    return view().envoyVersion();
  }

  /**
   * Where its admin interface listens.
   *
   * @return the address, or empty when it has no admin interface
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public Optional<Address> admin() {
    return Optional.ofNullable(view().admin());
  }

  private View view() {
    return content().view(View.class, BootstrapResource::read);
  }

  private static View read(JsonObject json) {
    JsonObject node = json.object("node");
    JsonObject version = node.object("user_agent_build_version").object("version");
    JsonObject admin = json.object("admin").object("address");
    return new View(
        node.text("id"),
        node.text("cluster"),
        version.isEmpty()
            ? ""
            : version.number("major_number")
                + "."
                + version.number("minor_number")
                + "."
                + version.number("patch"),
        admin.isEmpty() ? null : Address.of(admin));
  }
}
