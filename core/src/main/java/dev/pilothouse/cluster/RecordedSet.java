package dev.pilothouse.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A set whose objects are written down in a ConfigMap: path and title of each. */
final class RecordedSet implements ManifestSet {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?");
  private static final String OBJECTS = "objects";
  private static final String BACKGROUND = "?propagationPolicy=Background";
  private static final int NOT_FOUND = 404;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Cluster cluster;
  private final String namespace;
  private final String name;
  private final ApiServer server;
  private final ApiResources kinds;

  RecordedSet(Cluster cluster, String namespace, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of a set is up to 42 lower case letters, digits and dashes, not " + name);
    }
    this.cluster = cluster;
    this.namespace = namespace;
    this.name = name;
    this.server = new ApiServer(cluster.client());
    this.kinds = new ApiResources(server);
  }

  @Override
  public synchronized Change apply(Manifests manifests) {
    Map<String, String> before = recorded();
    List<Resource> resources = ManifestReader.read(manifests);
    paths(resources).forEach((path, title) -> requireOurs(path, title, before));
    Applied applied = cluster.apply(labelled(resources));
    Map<String, String> now = paths(resources);
    Map<String, String> all = new LinkedHashMap<>(now);
    before.forEach(all::putIfAbsent);
    record(all); // before anything is deleted: what fails is tried again
    applied.keep();
    Map<String, String> superfluous = new LinkedHashMap<>(before);
    superfluous.keySet().removeAll(now.keySet());
    List<String> pruned = delete(superfluous);
    record(now);
    return new Change(List.copyOf(now.values()), pruned);
  }

  /** Where the objects lie, and what they are; those of a kind that is yet to come are left out. */
  private Map<String, String> paths(List<Resource> resources) {
    Map<String, String> paths = new LinkedHashMap<>();
    for (Resource resource : resources) {
      kinds
          .locate(resource)
          .ifPresent(
              place ->
                  paths.put(
                      place.collection() + "/" + ApiResources.encode(resource.name()),
                      resource.title(place.namespaced())));
    }
    return paths;
  }

  /** What somebody else has made would be deleted with the set one day. */
  private void requireOurs(String path, String title, Map<String, String> before) {
    JsonNode object = before.containsKey(path) ? null : server.find(path);
    if (object != null && !isOurs(object)) {
      throw new PilothouseException(
          "applying set " + name,
          title + " is there already, and is not of this set",
          "choose another name; or give it the label "
              + LABEL
              + "="
              + name
              + ": then it is the"
              + " set's, and goes with it",
          null,
          null);
    }
  }

  private boolean isOurs(JsonNode object) {
    return object.at("/metadata/labels").path(LABEL).asText().equals(name);
  }

  @Override
  public synchronized List<String> delete() {
    List<String> deleted = delete(recorded());
    Answer answer = server.call("DELETE", recordPath(), ApiServer.JSON, null);
    if (answer.code() != NOT_FOUND) {
      ApiServer.succeeded("deleting the record of set " + name, answer);
    }
    return deleted;
  }

  private Manifests labelled(List<Resource> resources) {
    List<Manifests.Document> documents = new ArrayList<>();
    for (Resource resource : resources) {
      ObjectNode object = resource.object().deepCopy();
      object.withObjectProperty("metadata").withObjectProperty("labels").put(LABEL, name);
      documents.add(new Manifests.Document(resource.place(), 1, object.toString()));
    }
    return new Manifests(documents);
  }

  /** Deletes the last first, and tells what it was; what is not the set's any more stays. */
  private List<String> delete(Map<String, String> objects) {
    List<Map.Entry<String, String>> entries = new ArrayList<>(objects.entrySet());
    List<String> deleted = new ArrayList<>();
    for (int i = entries.size() - 1; i >= 0; i--) {
      String path = entries.get(i).getKey();
      JsonNode object = server.find(path);
      if (object == null || !isOurs(object)) {
        continue;
      }
      Answer answer = server.call("DELETE", path + BACKGROUND, ApiServer.JSON, null);
      if (answer.code() != NOT_FOUND) {
        ApiServer.succeeded("deleting " + entries.get(i).getValue() + " of set " + name, answer);
        deleted.add(entries.get(i).getValue());
      }
    }
    return deleted;
  }

  private Map<String, String> recorded() {
    JsonNode config = server.find(recordPath());
    Map<String, String> objects = new LinkedHashMap<>();
    if (config != null) {
      try {
        JSON.readTree(config.path("data").path(OBJECTS).asText("{}"))
            .properties()
            .forEach(object -> objects.put(object.getKey(), object.getValue().asText()));
      } catch (JsonProcessingException e) {
        throw new PilothouseException(
            "reading the record of set " + name,
            "the ConfigMap " + namespace + "/pilothouse-set-" + name + " holds no JSON",
            "delete it if it is not Pilothouse's",
            null,
            e);
      }
    }
    return objects;
  }

  private void record(Map<String, String> objects) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("apiVersion", "v1").put("kind", "ConfigMap");
    config.putObject("metadata").put("name", "pilothouse-set-" + name).put("namespace", namespace);
    ObjectNode text = JsonNodeFactory.instance.objectNode();
    objects.forEach(text::put);
    config.putObject("data").put(OBJECTS, text.toString());
    Answer answer =
        server.call(
            "PATCH",
            recordPath() + "?fieldManager=" + AppliedResource.FIELD_MANAGER + "&force=true",
            ApiServer.APPLY_PATCH,
            config.toString());
    ApiServer.succeeded("writing down what is of set " + name, answer);
  }

  private String recordPath() {
    return "/api/v1/namespaces/"
        + ApiResources.encode(namespace)
        + "/configmaps/pilothouse-set-"
        + name;
  }
}
