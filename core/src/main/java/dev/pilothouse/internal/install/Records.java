package dev.pilothouse.internal.install;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The records of installations in a cluster: ConfigMaps in the control planes' namespaces. */
final class Records {
  private final ClusterObjects objects;

  Records(ClusterObjects objects) {
    this.objects = objects;
  }

  List<InstallationRecord> all() {
    return objects
        .list("/api/v1/configmaps?labelSelector=" + InstallationRecord.LABEL.replace("/", "%2F"))
        .stream()
        .map(InstallationRecord::of)
        .toList();
  }

  Optional<InstallationRecord> find(String namespace, String revision) {
    @Nullable JsonNode map = objects.server().find(path(namespace, revision));
    return Optional.ofNullable(map).map(InstallationRecord::of);
  }

  /** Its namespace must be there. */
  void write(InstallationRecord record) {
    Answer answer =
        objects
            .server()
            .call(
                "PATCH",
                path(record.namespace(), record.revision()) + "?fieldManager=pilothouse&force=true",
                ApiServer.APPLY_PATCH,
                record.toConfigMap().toString());
    ApiServer.succeeded(
        "writing down what is installed, as ConfigMap "
            + record.namespace()
            + "/"
            + InstallationRecord.name(record.revision()),
        answer);
  }

  void delete(InstallationRecord record) {
    objects.delete(
        new ObjectKey(
            "v1", "ConfigMap", record.namespace(), InstallationRecord.name(record.revision())));
  }

  private static String path(String namespace, String revision) {
    return "/api/v1/namespaces/" + namespace + "/configmaps/" + InstallationRecord.name(revision);
  }
}
