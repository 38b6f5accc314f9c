package dev.pilothouse.internal.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What we know of one installation, written into the cluster before anything is done: so a killed
 * JVM leaves nothing that nobody knows of.
 *
 * @param namespace the namespace of the control plane
 * @param revision its revision
 * @param owner whose it is
 * @param kept whether it stays when its owner is gone
 * @param complete whether it was installed to its end
 * @param hadAuthority whether the namespace had a certificate authority's secret before
 * @param objects all that it consists of
 * @param created those of them that were not there before, in the order of their creation
 */
record InstallationRecord(
    String namespace,
    String revision,
    Owner owner,
    boolean kept,
    boolean complete,
    boolean hadAuthority,
    Set<ObjectKey> objects,
    Set<ObjectKey> created) {
  static final String LABEL = "pilothouse.dev/istiod-revision";
  private static final String NAME = "pilothouse-istiod-";

  InstallationRecord {
    objects = new LinkedHashSet<>(objects);
    created = new LinkedHashSet<>(created);
  }

  static String name(String revision) {
    return NAME + revision;
  }

  InstallationRecord withOwner(Owner value, boolean keep) {
    return new InstallationRecord(
        namespace, revision, value, keep, complete, hadAuthority, objects, created);
  }

  InstallationRecord withObjects(Set<ObjectKey> all, Set<ObjectKey> ours, boolean done) {
    return new InstallationRecord(namespace, revision, owner, kept, done, hadAuthority, all, ours);
  }

  /** As the ConfigMap that holds it. */
  JsonNode toConfigMap() {
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    map.put("apiVersion", "v1").put("kind", "ConfigMap");
    ObjectNode metadata = map.putObject("metadata");
    metadata.put("name", name(revision)).put("namespace", namespace);
    metadata
        .putObject("labels")
        .put("app.kubernetes.io/managed-by", "pilothouse")
        .put(LABEL, revision);
    map.putObject("data")
        .put("host", owner.host())
        .put("run", owner.run())
        .put("kept", String.valueOf(kept))
        .put("complete", String.valueOf(complete))
        .put("hadAuthority", String.valueOf(hadAuthority))
        .put("objects", lines(objects))
        .put("created", lines(created));
    return map;
  }

  static InstallationRecord of(JsonNode map) {
    JsonNode data = map.path("data");
    return new InstallationRecord(
        map.at("/metadata/namespace").asText(),
        map.path("metadata").path("labels").path(LABEL).asText(),
        new Owner(data.path("host").asText(), data.path("run").asText()),
        data.path("kept").asText().equals("true"),
        data.path("complete").asText().equals("true"),
        data.path("hadAuthority").asText().equals("true"),
        keys(data.path("objects").asText()),
        keys(data.path("created").asText()));
  }

  private static String lines(Set<ObjectKey> keys) {
    return keys.stream().map(ObjectKey::line).collect(Collectors.joining("\n"));
  }

  private static Set<ObjectKey> keys(String lines) {
    List<ObjectKey> keys =
        lines.lines().filter(line -> !line.isBlank()).map(ObjectKey::parse).toList();
    return new LinkedHashSet<>(keys);
  }
}
