package dev.pilothouse.internal.install;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What lies in a control plane's namespace that is neither ours nor istiod's. */
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

  /** What Kubernetes and istiod put into it by themselves. */
  private static final Set<String> THEIRS =
      Set.of("kube-root-ca.crt", "istio-ca-secret", "default");

  /** Which istiod leads is written into it. */
  static final String LEADER = "control-plane.alpha.kubernetes.io/leader";

  private static final List<String> GROUPS =
      List.of(
          "networking.istio.io/v1",
          "security.istio.io/v1",
          "telemetry.istio.io/v1",
          "extensions.istio.io/v1alpha1",
          "gateway.networking.k8s.io/v1");

  private final ClusterObjects objects;
  private final InstallationRecord record;
  private final Set<ObjectKey> ours;

  /**
   * Looks into a namespace.
   *
   * @param away what goes
   */
  Leftovers(ClusterObjects objects, InstallationRecord record, Set<ObjectKey> away) {
    this.objects = objects;
    this.record = record;
    this.ours = new LinkedHashSet<>(record.objects());
    this.ours.addAll(away);
  }

  boolean none() {
    List<String> found = new ArrayList<>();
    look("/api/v1", List.of("pods", "services", "configmaps", "secrets"), found);
    look("/api/v1", List.of("serviceaccounts", "persistentvolumeclaims"), found);
    look("/apis/apps/v1", List.of("deployments", "daemonsets", "statefulsets"), found);
    for (String group : GROUPS) {
      JsonNode kinds = objects.server().find("/apis/" + group);
      if (kinds != null) {
        List<String> plurals = new ArrayList<>();
        for (JsonNode kind : kinds.path("resources")) {
          String plural = kind.path("name").asText();
          if (kind.path("namespaced").asBoolean() && !plural.contains("/")) {
            plurals.add(plural);
          }
        }
        look("/apis/" + group, plurals, found);
      }
    }
    if (!found.isEmpty()) {
      LOG.info("Namespace {} stays, because of {}", record.namespace(), found);
    }
    return found.isEmpty();
  }

  private void look(String group, List<String> plurals, List<String> found) {
    for (String plural : plurals) {
      String path = group + "/namespaces/" + record.namespace() + "/" + plural;
      for (JsonNode object : objects.list(path)) {
        String name = object.at("/metadata/name").asText();
        if (!known(object, name)) {
          found.add(plural + "/" + name);
        }
      }
    }
  }

  private boolean known(JsonNode object, String name) {
    return THEIRS.contains(name)
        || object.path("metadata").has("ownerReferences")
        || object.at("/metadata/labels").has(InstallationRecord.LABEL)
        || object.at("/metadata/annotations").has(LEADER)
        || object.at("/metadata/labels/istio.io~1config").asText().equals("true")
        || ours.stream()
            .anyMatch(key -> key.namespace().equals(record.namespace()) && key.name().equals(name));
  }
}
