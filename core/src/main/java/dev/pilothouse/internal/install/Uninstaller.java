package dev.pilothouse.internal.install;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes installations away: what they created, and nothing else. */
final class Uninstaller {
  private static final Logger LOG = LoggerFactory.getLogger(Uninstaller.class);
  private static final Duration TO_BE_GONE = Duration.ofMinutes(2);

  /** What istioctl adds to the manifests has the IstioOperator's name here. */
  private static final String OWNING_RESOURCE = "install.operator.istio.io%2Fowning-resource";

  private static final String REGISTRATIONS = "/apis/admissionregistration.k8s.io/v1/";

  private final ClusterObjects objects;
  private final Records records;

  Uninstaller(ClusterObjects objects) {
    this.objects = objects;
    this.records = new Records(objects);
  }

  /**
   * Uninstalls; what other installations use stays, and is theirs from now on.
   *
   * @throws PilothouseException if something cannot be deleted; the record stays then, so that it
   *     can be tried again
   */
  void uninstall(InstallationRecord record) {
    Set<ObjectKey> away = new LinkedHashSet<>(record.created());
    away.addAll(addedByIstioctl(record));
    List<InstallationRecord> others =
        records.all().stream().filter(other -> !same(other, record)).toList();
    for (InstallationRecord other : others) {
      handOver(away, other);
    }
    boolean last = others.stream().noneMatch(o -> o.namespace().equals(record.namespace()));
    ObjectKey namespace = ObjectKey.namespace(record.namespace());
    boolean withNamespace = away.remove(namespace) && last;
    if (withNamespace) {
      withNamespace = new Leftovers(objects, record, away).none();
    }
    delete(away);
    awaitGone(record, away);
    if (last) {
      deleteWhatIstiodMade(record);
    }
    records.delete(record);
    if (withNamespace) {
      objects.delete(namespace);
      require("waiting until " + namespace + " is gone", () -> gone(namespace));
    }
  }

  private static boolean same(InstallationRecord one, InstallationRecord other) {
    return one.namespace().equals(other.namespace()) && one.revision().equals(other.revision());
  }

  private void handOver(Set<ObjectKey> away, InstallationRecord other) {
    Set<ObjectKey> shared = new LinkedHashSet<>(other.objects());
    shared.retainAll(away);
    if (!shared.isEmpty()) {
      Set<ObjectKey> theirs = new LinkedHashSet<>(shared);
      theirs.addAll(other.created());
      records.write(other.withObjects(other.objects(), theirs, other.complete()));
      away.removeAll(shared);
    }
  }

  /** The default revision's webhooks and Service: they are no part of the manifests. */
  private Set<ObjectKey> addedByIstioctl(InstallationRecord record) {
    String ours =
        "?labelSelector=" + OWNING_RESOURCE + "%3D" + Installation.operatorName(record.revision());
    Set<ObjectKey> added = new LinkedHashSet<>();
    for (String kind : List.of("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")) {
      String plural = kind.toLowerCase(Locale.ROOT) + "s";
      for (JsonNode found : objects.list(REGISTRATIONS + plural + ours)) {
        String name = found.at("/metadata/name").asText();
        added.add(new ObjectKey("admissionregistration.k8s.io/v1", kind, "", name));
      }
    }
    String namespace = record.namespace();
    for (JsonNode found : objects.list("/api/v1/namespaces/" + namespace + "/services" + ours)) {
      added.add(new ObjectKey("v1", "Service", namespace, found.at("/metadata/name").asText()));
    }
    return added;
  }

  private void delete(Set<ObjectKey> away) {
    List<ObjectKey> newestFirst = new ArrayList<>(away);
    Collections.reverse(newestFirst);
    // A webhook without its server blocks whoever asks for what it judges.
    newestFirst.stream().filter(ObjectKey::isWebhook).forEach(objects::delete);
    newestFirst.stream()
        .filter(key -> !key.isWebhook() && !key.isCustomResourceDefinition())
        .forEach(objects::delete);
    newestFirst.stream()
        .filter(ObjectKey::isCustomResourceDefinition)
        .filter(this::unused)
        .forEach(objects::delete);
  }

  /** With a definition go all its resources, and those are somebody's. */
  private boolean unused(ObjectKey definition) {
    JsonNode found = objects.find(definition);
    if (found == null) {
      return false;
    }
    String collection =
        "/apis/"
            + found.at("/spec/group").asText()
            + "/"
            + found.at("/spec/versions/0/name").asText()
            + "/"
            + found.at("/spec/names/plural").asText();
    boolean unused = objects.list(collection + "?limit=1").isEmpty();
    if (!unused) {
      LOG.info("{} stays, because there are resources of it", definition);
    }
    return unused;
  }

  private void awaitGone(InstallationRecord record, Set<ObjectKey> away) {
    List<ObjectKey> workloads =
        away.stream().filter(key -> key.kind().equals("Deployment")).toList();
    for (ObjectKey workload : workloads) {
      String pods =
          "/api/v1/namespaces/"
              + workload.namespace()
              + "/pods?labelSelector="
              + (workload.name().startsWith("istiod")
                  ? "app%3Distiod,istio.io%2Frev%3D" + record.revision()
                  : "app%3D" + workload.name());
      require(
          "waiting until the pods of " + workload + " are gone",
          () -> objects.list(pods).isEmpty() ? Optional.of(true) : Optional.empty());
    }
  }

  private void deleteWhatIstiodMade(InstallationRecord record) {
    for (String kind : List.of("ConfigMap", "Lease")) {
      deleteLeaders(record.namespace(), kind);
    }
    if (record.hadAuthority()) {
      return;
    }
    for (JsonNode map : objects.list("/api/v1/configmaps?labelSelector=istio.io%2Fconfig%3Dtrue")) {
      ObjectKey key =
          new ObjectKey(
              "v1",
              "ConfigMap",
              map.at("/metadata/namespace").asText(),
              map.at("/metadata/name").asText());
      if (key.name().equals("istio-ca-root-cert") || key.name().equals("istio-ca-crl")) {
        objects.delete(key);
      }
    }
    objects.delete(new ObjectKey("v1", "Secret", record.namespace(), "istio-ca-secret"));
  }

  private void deleteLeaders(String namespace, String kind) {
    String apiVersion = kind.equals("Lease") ? "coordination.k8s.io/v1" : "v1";
    String collection =
        kind.equals("Lease")
            ? "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases"
            : "/api/v1/namespaces/" + namespace + "/configmaps";
    for (JsonNode object : objects.list(collection)) {
      String name = object.at("/metadata/name").asText();
      boolean leader = object.at("/metadata/annotations").has(Leftovers.LEADER);
      if (leader || (kind.equals("Lease") && name.startsWith("istio-"))) {
        objects.delete(new ObjectKey(apiVersion, kind, namespace, name));
      }
    }
  }

  private Optional<Boolean> gone(ObjectKey key) {
    return objects.exists(key) ? Optional.empty() : Optional.of(true);
  }

  private static void require(String tried, Callable<Optional<Boolean>> question) {
    Boolean unused = Poll.require(tried, TO_BE_GONE, question);
  }
}
