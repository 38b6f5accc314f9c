package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refuses an ambient mesh, which Pilothouse does not know, before anything of it is installed. What
 * counts is what Istio's charts make of a profile, values and settings.
 */
final class AmbientCheck {
  private static final String PROFILE = "ambient";
  private static final String SWITCH = "PILOT_ENABLE_AMBIENT";

  private AmbientCheck() {}

  /** Before anything is delivered. */
  static void refuse(String tried, InstallSpec install) {
    if (install.profile().equals(PROFILE)) {
      throw refused(tried, "the installation profile is " + PROFILE);
    }
  }

  static void refuse(String tried, List<GenericKubernetesResource> manifests) {
    for (GenericKubernetesResource manifest : manifests) {
      String name = manifest.getKind() + " " + manifest.getMetadata().getName();
      if (name.equals("DaemonSet ztunnel")) {
        throw refused(tried, "Istio's charts as they are asked for here have a " + name);
      }
      if (manifest.getKind().equals("Deployment") && isOn(manifest)) {
        throw refused(
            tried, "Istio's charts as they are asked for here set " + SWITCH + " for " + name);
      }
    }
  }

  private static boolean isOn(GenericKubernetesResource deployment) {
    @Nullable List<Map<String, Object>> containers =
        deployment.get("spec", "template", "spec", "containers");
    for (Map<String, Object> container :
        containers == null ? List.<Map<String, Object>>of() : containers) {
      if (container.get("env") instanceof List<?> variables
          && variables.stream().anyMatch(AmbientCheck::isSwitch)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSwitch(Object variable) {
    return variable instanceof Map<?, ?> fields
        && SWITCH.equals(fields.get("name"))
        && "true".equals(fields.get("value"));
  }

  private static PilothouseException refused(String tried, String why) {
    return new PilothouseException(
        tried,
        why + ": that is an ambient mesh, and Pilothouse knows sidecars and gateways alone",
        "take another profile (InstallSpec.withProfile), as default or minimal",
        null,
        null);
  }
}
