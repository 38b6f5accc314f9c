package dev.pilothouse.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.pilothouse.cluster.KubeconfigException.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The kubeconfig files of a user, merged as kubectl does: the first file that names a context, a
 * cluster, a user or the current context wins.
 */
final class Kubeconfig {
  private static final ObjectMapper YAML = new YAMLMapper();
  private static final List<String> CLUSTER_FILES = List.of("certificate-authority");
  private static final List<String> USER_FILES =
      List.of("client-certificate", "client-key", "tokenFile");

  private final List<Path> files;
  private final Map<String, JsonNode> contexts = new LinkedHashMap<>();
  private final Map<String, JsonNode> clusters = new LinkedHashMap<>();
  private final Map<String, JsonNode> users = new LinkedHashMap<>();
  private @Nullable String currentContext;

  private Kubeconfig(List<Path> files) {
    this.files = files;
  }

  /** Where kubectl looks: the files that KUBECONFIG names, else {@code ~/.kube/config}. */
  static List<Path> defaultFiles(Map<String, String> environment) {
    String named = environment.getOrDefault("KUBECONFIG", "");
    if (named.isEmpty()) {
      return List.of(Path.of(System.getProperty("user.home"), ".kube", "config"));
    }
    return Arrays.stream(named.split(File.pathSeparator, -1))
        .filter(file -> !file.isEmpty())
        .map(Path::of)
        .toList();
  }

  /**
   * Reads those files that are there.
   *
   * @throws KubeconfigException if none is, or one is no kubeconfig
   */
  static Kubeconfig read(List<Path> files) {
    Kubeconfig merged = new Kubeconfig(files);
    List<Path> present = files.stream().filter(Files::isRegularFile).toList();
    if (present.isEmpty()) {
      throw new KubeconfigException(
          Problem.NO_FILE,
          "reading the kubeconfig",
          "no such file: " + merged.names(),
          "name one, by argument or by the environment variable KUBECONFIG",
          null);
    }
    present.forEach(merged::add);
    return merged;
  }

  private void add(Path file) {
    JsonNode root;
    try {
      root = YAML.readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw invalid(file, "it is no YAML: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw invalid(file, e.toString(), e);
    }
    if (!root.isObject() || !root.path("kind").asText("Config").equals("Config")) {
      throw invalid(file, "it holds no kubeconfig (kind: Config)", null);
    }
    collect(root, "contexts", "context", file, contexts, List.of());
    collect(root, "clusters", "cluster", file, clusters, CLUSTER_FILES);
    collect(root, "users", "user", file, users, USER_FILES);
    String current = root.path("current-context").asText();
    if (currentContext == null && !current.isEmpty()) {
      currentContext = current;
    }
  }

  /** Paths in a kubeconfig are relative to its folder. */
  private static void collect(
      JsonNode root,
      String list,
      String field,
      Path file,
      Map<String, JsonNode> into,
      List<String> paths) {
    for (JsonNode entry : root.path(list)) {
      if (entry.path(field) instanceof ObjectNode content) {
        for (String name : paths) {
          if (content.has(name)) {
            content.put(name, absolute(file, content.path(name).asText()));
          }
        }
        String command = content.path("exec").path("command").asText();
        if (command.contains("/") && content.path("exec") instanceof ObjectNode exec) {
          exec.put("command", absolute(file, command));
        }
      }
      into.putIfAbsent(entry.path("name").asText(), entry);
    }
  }

  private static String absolute(Path file, String path) {
    return file.toAbsolutePath().resolveSibling(path).normalize().toString();
  }

  List<String> contexts() {
    return List.copyOf(new TreeSet<>(contexts.keySet()));
  }

  /** The name of the context that a specification means. */
  String context(KubeconfigSpec spec) {
    String name = spec.context() == null ? currentContext : spec.context();
    if (name != null && contexts.containsKey(name)) {
      return name;
    }
    throw new KubeconfigException(
        Problem.NO_CONTEXT,
        "reading the kubeconfig " + names(),
        name == null ? "no current context is set" : "there is no context " + name,
        "choose one of its contexts: " + String.join(", ", contexts()),
        null);
  }

  /** A kubeconfig of this context alone, which needs no other kubeconfig and lies anywhere. */
  String only(String context) {
    JsonNode chosen = contexts.getOrDefault(context, YAML.createObjectNode());
    String cluster = chosen.path("context").path("cluster").asText();
    String user = chosen.path("context").path("user").asText();
    JsonNode clusterEntry = clusters.get(cluster);
    JsonNode userEntry = users.get(user);
    if (clusterEntry == null || (userEntry == null && !user.isEmpty())) {
      String missing = clusterEntry == null ? "cluster " + cluster : "user " + user;
      throw invalid(names(), "context " + context + " needs the " + missing, null);
    }
    ObjectNode root = YAML.createObjectNode();
    root.put("apiVersion", "v1").put("kind", "Config").put("current-context", context);
    root.putArray("contexts").add(chosen);
    root.putArray("clusters").add(clusterEntry);
    if (userEntry != null) {
      root.putArray("users").add(userEntry);
    }
    return root.toPrettyString();
  }

  private String names() {
    List<String> names = new ArrayList<>();
    files.forEach(file -> names.add(file.toString()));
    return String.join(", ", names);
  }

  private static KubeconfigException invalid(Object file, String why, @Nullable Throwable cause) {
    return new KubeconfigException(
        Problem.INVALID, "reading the kubeconfig " + file, why, "correct it", cause);
  }
}
