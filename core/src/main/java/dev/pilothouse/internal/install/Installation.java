package dev.pilothouse.internal.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import dev.pilothouse.toolbox.RunDirectory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One installation of Istio that is ours. Not safe for use by several threads. */
public final class Installation {
  private static final Logger LOG = LoggerFactory.getLogger(Installation.class);
  private static final int CREATED = 201;

  private final ClusterObjects objects;
  private final Records records;
  private InstallationRecord record;

  /** What was there before this handle, or null. */
  private final boolean takenOver;

  private Installation(ClusterObjects objects, InstallationRecord record, boolean takenOver) {
    this.objects = objects;
    this.records = new Records(objects);
    this.record = record;
    this.takenOver = takenOver;
  }

  /**
   * The name of the IstioOperator that we give istioctl.
   *
   * @param revision the revision
   * @return a name that nobody else uses
   */
  public static String operatorName(String revision) {
    return "pilothouse-" + revision;
  }

  /**
   * Takes away what dead owners left in the cluster, other revisions' included, and what is kept
   * excluded.
   *
   * @param server the API server
   */
  public static void sweep(ApiServer server) {
    ClusterObjects objects = new ClusterObjects(server);
    for (InstallationRecord other : new Records(objects).all()) {
      if (!other.kept() && other.owner().gone()) {
        LOG.info(
            "Taking away the istiod of revision {} in {}, whose owner {} is gone",
            other.revision(),
            other.namespace(),
            other.owner());
        new Uninstaller(objects).uninstall(other);
      }
    }
  }

  /**
   * Begins an installation, or takes over one of ours that is kept and in nobody's hands.
   *
   * @param server the API server
   * @param namespace the control plane's namespace, made if missing
   * @param revision the revision
   * @param run whose it shall be
   * @param keep whether it shall outlive its owner
   * @return the installation; nothing is applied yet
   * @throws PilothouseException if it is in somebody's hands
   */
  public static Installation begin(
      ApiServer server, String namespace, String revision, RunDirectory run, boolean keep) {
    ClusterObjects objects = new ClusterObjects(server);
    Records records = new Records(objects);
    Optional<InstallationRecord> known = records.find(namespace, revision);
    Owner owner = Owner.of(run);
    if (known.isPresent()) {
      requireFree(known.get());
      Installation taken = new Installation(objects, known.get().withOwner(owner, keep), true);
      records.write(taken.record);
      return taken;
    }
    boolean ours = createNamespace(objects, namespace);
    boolean authority =
        objects.exists(new ObjectKey("v1", "Secret", namespace, "istio-ca-secret"))
            || objects.exists(new ObjectKey("v1", "Secret", namespace, "cacerts"));
    Set<ObjectKey> created = ours ? Set.of(ObjectKey.namespace(namespace)) : Set.of();
    InstallationRecord record =
        new InstallationRecord(
            namespace, revision, owner, keep, false, authority, Set.of(), created);
    records.write(record);
    return new Installation(objects, record, false);
  }

  /**
   * Finds one of ours.
   *
   * @param server the API server
   * @param namespace the control plane's namespace
   * @param revision the revision
   * @return the installation, or empty if Pilothouse has installed no such
   */
  public static Optional<Installation> find(ApiServer server, String namespace, String revision) {
    ClusterObjects objects = new ClusterObjects(server);
    return new Records(objects)
        .find(namespace, revision)
        .map(record -> new Installation(objects, record, true));
  }

  /**
   * Whether it was there before, so that a failure must not take it away.
   *
   * @return true if it was taken over
   */
  public boolean takenOver() {
    return takenOver;
  }

  /**
   * Writes down what it will consist of. To be called before anything is applied.
   *
   * @param manifests all objects
   */
  public void plan(List<? extends HasMetadata> manifests) {
    Set<ObjectKey> all = new LinkedHashSet<>(record.objects());
    Set<ObjectKey> ours = new LinkedHashSet<>(record.created());
    for (HasMetadata manifest : manifests) {
      ObjectKey key = ObjectKey.of(manifest);
      all.add(key);
      if (!ours.contains(key) && !objects.exists(key)) {
        ours.add(key);
      }
    }
    record = record.withObjects(all, ours, false);
    records.write(record);
  }

  /**
   * Writes down that it is complete, and takes away what an earlier one had and this one has not.
   *
   * @param manifests all objects
   */
  public void completed(List<? extends HasMetadata> manifests) {
    Set<ObjectKey> now = new LinkedHashSet<>();
    manifests.forEach(manifest -> now.add(ObjectKey.of(manifest)));
    Set<ObjectKey> ours = new LinkedHashSet<>();
    for (ObjectKey key : record.created()) {
      if (now.contains(key) || key.isNamespace() || key.isCustomResourceDefinition()) {
        ours.add(key);
      } else {
        objects.delete(key);
      }
    }
    record = record.withObjects(now, ours, true);
    records.write(record);
  }

  /** Lets go of it: it stays, and whoever comes next may take it over. */
  public void release() {
    record = record.withOwner(Owner.NOBODY, true);
    records.write(record);
  }

  /** Takes it away. */
  public void uninstall() {
    new Uninstaller(objects).uninstall(record);
  }

  private static void requireFree(InstallationRecord known) {
    if (!known.owner().gone()) {
      throw new PilothouseException(
          "installing istiod of revision " + known.revision() + " in " + known.namespace(),
          "Pilothouse has installed it already, and it is in the hands of " + known.owner(),
          "close it there; or find it here, and uninstall it; or give this one another revision",
          null,
          null);
    }
  }

  /** Whether it was made here, now or in an earlier life. */
  private static boolean createNamespace(ClusterObjects objects, String name) {
    ObjectNode namespace = JsonNodeFactory.instance.objectNode();
    namespace.put("apiVersion", "v1").put("kind", "Namespace");
    namespace
        .putObject("metadata")
        .put("name", name)
        .putObject("labels")
        .put("app.kubernetes.io/managed-by", "pilothouse");
    JsonNode there = objects.find(ObjectKey.namespace(name));
    if (there == null) {
      Answer answer =
          objects.server().call("POST", "/api/v1/namespaces", ApiServer.JSON, namespace.toString());
      if (answer.code() == CREATED) {
        return true;
      }
      there = ApiServer.succeeded("creating the namespace " + name, answer);
    }
    return there
        .path("metadata")
        .path("labels")
        .path("app.kubernetes.io/managed-by")
        .asText()
        .equals("pilothouse");
  }
}
