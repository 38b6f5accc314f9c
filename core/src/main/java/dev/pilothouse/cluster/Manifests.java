package dev.pilothouse.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Kubernetes YAML or JSON from somewhere. Each document knows its place, so that a failure can name
 * it.
 *
 * <pre>{@code
 * Manifests routes = Manifests.yaml("""
 *     apiVersion: networking.istio.io/v1
 *     kind: VirtualService
 *     metadata: {name: reviews}
 *     spec:
 *       hosts: [reviews]
 *       http:
 *       - route: [{destination: {host: reviews, subset: v2}}]
 *     """);
 * try (Applied applied = cluster.apply(routes)) {
 *   // the route is there
 * } // and here it is gone again
 * }</pre>
 *
 * <p>Texts are split into documents here and parsed when they are applied. Documents that are empty
 * or hold comments alone are left out.
 *
 * @param documents the documents, in order
 */
public record Manifests(List<Document> documents) {
  /** Copies the list. */
  public Manifests {
    documents = List.copyOf(documents);
  }

  /**
   * One document.
   *
   * @param place where it stands, as {@code gateway.yaml, document 2}
   * @param line the line at which it begins there, from 1
   * @param text its YAML or JSON
   */
  public record Document(String place, int line, String text) {}

  /**
   * YAML text, one document or several.
   *
   * @param yaml the text
   * @return its documents
   */
  public static Manifests yaml(String yaml) {
    return new Manifests(ManifestTexts.split("the YAML text", yaml));
  }

  /**
   * Files.
   *
   * @param files YAML or JSON files
   * @return their documents
   * @throws dev.pilothouse.failure.PilothouseException if one cannot be read
   */
  public static Manifests files(Path... files) {
    List<Document> documents = new ArrayList<>();
    for (Path file : files) {
      documents.addAll(ManifestTexts.split(file.toString(), ManifestTexts.read(file)));
    }
    return new Manifests(documents);
  }

  /**
   * All {@code .yaml}, {@code .yml} and {@code .json} files of a folder, by name, its subfolders
   * too.
   *
   * @param folder the folder
   * @return their documents
   * @throws dev.pilothouse.failure.PilothouseException if the folder or a file cannot be read, or
   *     there is no such file in it
   */
  public static Manifests folder(Path folder) {
    return files(ManifestTexts.list(folder).toArray(Path[]::new));
  }

  /**
   * A class-path resource.
   *
   * @param owner the class whose loader finds it
   * @param resource its name, as {@link Class#getResourceAsStream} takes it
   * @return its documents
   * @throws dev.pilothouse.failure.PilothouseException if there is no such resource
   */
  public static Manifests classpath(Class<?> owner, String resource) {
    return new Manifests(
        ManifestTexts.split(
            "class-path resource " + resource, ManifestTexts.read(owner, resource)));
  }
}
