package dev.pilothouse.istiod;

import dev.pilothouse.cluster.Lifetime;
import dev.pilothouse.image.Delivery;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How Istio is installed in a cluster, whatever istiod it then runs. Immutable: each {@code with…}
 * method gives a changed copy.
 *
 * <pre>{@code
 * Path istioctl = toolbox.provision(Tool.ISTIOCTL).path();
 * InstallSpec.of(istioctl, Delivery.image("docker.io/istio/pilot:1.29.0"))
 *     .withProxyImage("docker.io/istio", "1.29.0")
 *     .withValues("pilot: {resources: {requests: {cpu: 50m, memory: 128Mi}}}");
 * }</pre>
 *
 * @param istioctl istioctl, of the release of the charts: it renders the manifests
 * @param delivery brings istiod to where the pods can run it
 * @param installer what applies the manifests
 * @param profile Istio's installation profile, as {@code default} (with an ingress gateway) or
 *     {@code minimal} (istiod alone). {@code ambient} is refused, and so are values and settings
 *     that switch it on
 * @param hub where the proxy's image lies, as {@code docker.io/istio}; empty for istioctl's own
 * @param tag the proxy image's tag; empty for istioctl's own
 * @param charts a source tree's {@code manifests} folder; empty for the charts within istioctl
 * @param values Helm values of Istio's charts as YAML, as istioctl takes them below {@code
 *     values:}; empty for none. They go before what the profile of {@link IstiodSpec} says
 * @param settings what {@code istioctl --set} takes, as {@code
 *     components.ingressGateways[0].enabled=false}; before all else
 * @param edit changes the rendered objects before they are applied; with {@link
 *     Installer#SERVER_SIDE_APPLY} only
 * @param namespace the control plane's namespace, made if missing
 * @param replicas how many istiods; autoscaling is switched off
 * @param lifetime {@link Lifetime#HANDLE}: closing the istiod uninstalls it, and so does the JVM's
 *     exit; {@link Lifetime#KEEP}: it stays until it is uninstalled, and deploying it again takes
 *     it over
 */
public record InstallSpec(
    Path istioctl,
    Delivery delivery,
    Installer installer,
    String profile,
    String hub,
    String tag,
    Optional<Path> charts,
    String values,
    List<String> settings,
    @Nullable UnaryOperator<List<GenericKubernetesResource>> edit,
    String namespace,
    int replicas,
    Lifetime lifetime) {

  /** What applies the manifests. */
  public enum Installer {
    /**
     * Ourselves, by server-side apply: quicker, a failure is undone to the field, and the objects
     * can be edited before. Objects are in the hands of the field manager {@code pilothouse}.
     */
    SERVER_SIDE_APPLY,
    /**
     * {@code istioctl install -y}, as anybody would. It always registers validation, and makes the
     * first revision of a cluster its default one.
     */
    ISTIOCTL_INSTALL
  }

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there are no replicas, or an edit for istioctl
   */
  public InstallSpec {
    settings = List.copyOf(settings);
    if (replicas < 1) {
      throw new IllegalArgumentException("istiod has at least one replica, not " + replicas);
    }
    if (edit != null && installer == Installer.ISTIOCTL_INSTALL) {
      throw new IllegalArgumentException(
          "istioctl install renders and applies in one: an edit needs Installer.SERVER_SIDE_APPLY");
    }
  }

  /**
   * The usual: by server-side apply, Istio's profile {@code default}, in {@code istio-system}, one
   * replica, until its handle is closed.
   *
   * @param istioctl istioctl's path
   * @param delivery brings istiod to the pods
   * @return a specification to start from
   */
  public static InstallSpec of(Path istioctl, Delivery delivery) {
    return new InstallSpec(
        istioctl,
        delivery,
        Installer.SERVER_SIDE_APPLY,
        "default",
        "",
        "",
        Optional.empty(),
        "",
        List.of(),
        null,
        "istio-system",
        1,
        Lifetime.HANDLE);
  }

  /**
   * With another delivery.
   *
   * @param value the delivery
   * @return a copy
   */
  public InstallSpec withDelivery(Delivery value) {
    return copy(value, installer, profile, hub, tag, charts, values, settings, edit);
  }

  /**
   * With another installer.
   *
   * @param value the installer
   * @return a copy
   */
  public InstallSpec withInstaller(Installer value) {
    return copy(delivery, value, profile, hub, tag, charts, values, settings, edit);
  }

  /**
   * With another of Istio's installation profiles.
   *
   * @param value its name
   * @return a copy
   */
  public InstallSpec withProfile(String value) {
    return copy(delivery, installer, value, hub, tag, charts, values, settings, edit);
  }

  /**
   * With another proxy image, for gateways and sidecars.
   *
   * @param newHub where it lies, as {@code localhost}
   * @param newTag its tag
   * @return a copy
   */
  public InstallSpec withProxyImage(String newHub, String newTag) {
    return copy(delivery, installer, profile, newHub, newTag, charts, values, settings, edit);
  }

  /**
   * With a source tree's charts.
   *
   * @param manifests its {@code manifests} folder
   * @return a copy
   */
  public InstallSpec withCharts(Path manifests) {
    Optional<Path> folder = Optional.of(manifests.toAbsolutePath());
    return copy(delivery, installer, profile, hub, tag, folder, values, settings, edit);
  }

  /**
   * With Helm values.
   *
   * @param yaml the values, in place of those before
   * @return a copy
   */
  public InstallSpec withValues(String yaml) {
    return copy(delivery, installer, profile, hub, tag, charts, yaml, settings, edit);
  }

  /**
   * With one more of what {@code istioctl --set} takes.
   *
   * @param setting as {@code components.cni.enabled=true}
   * @return a copy
   */
  public InstallSpec withSetting(String setting) {
    List<String> all = new ArrayList<>(settings);
    all.add(setting);
    return copy(delivery, installer, profile, hub, tag, charts, values, all, edit);
  }

  /**
   * With an edit of the rendered objects.
   *
   * @param change gets all objects and returns those to apply; it may change, add and leave out
   * @return a copy
   */
  public InstallSpec withEdit(UnaryOperator<List<GenericKubernetesResource>> change) {
    return copy(delivery, installer, profile, hub, tag, charts, values, settings, change);
  }

  /**
   * In another namespace.
   *
   * @param value the namespace
   * @return a copy
   */
  public InstallSpec withNamespace(String value) {
    return new InstallSpec(
        istioctl, delivery, installer, profile, hub, tag, charts, values, settings, edit, value,
        replicas, lifetime);
  }

  /**
   * With another number of replicas.
   *
   * @param value how many
   * @return a copy
   */
  public InstallSpec withReplicas(int value) {
    return new InstallSpec(
        istioctl, delivery, installer, profile, hub, tag, charts, values, settings, edit, namespace,
        value, lifetime);
  }

  /**
   * With another lifetime.
   *
   * @param value the lifetime
   * @return a copy
   */
  public InstallSpec withLifetime(Lifetime value) {
    return new InstallSpec(
        istioctl, delivery, installer, profile, hub, tag, charts, values, settings, edit, namespace,
        replicas, value);
  }

  private InstallSpec copy(
      Delivery newDelivery,
      Installer newInstaller,
      String newProfile,
      String newHub,
      String newTag,
      Optional<Path> newCharts,
      String newValues,
      List<String> newSettings,
      @Nullable UnaryOperator<List<GenericKubernetesResource>> newEdit) {
    return new InstallSpec(
        istioctl,
        newDelivery,
        newInstaller,
        newProfile,
        newHub,
        newTag,
        newCharts,
        newValues,
        newSettings,
        newEdit,
        namespace,
        replicas,
        lifetime);
  }
}
