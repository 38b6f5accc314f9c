package dev.pilothouse.cluster;

import java.nio.file.Path;
import java.util.List;

/**
 * Kubernetes YAML from somewhere. Each document knows its place, so that a failure can name it.
 *
 * @param documents the documents, in order
 */
public record Manifests(List<Document> documents) {
  /** Copies the list. */
  public Manifests {
    documents = List.copyOf(documents);
  }

  /**
   * One YAML document.
   *
   * @param place where it stands, as {@code gateway.yaml, document 2}
   * @param yaml its text
   */
  public record Document(String place, String yaml) {}

  /**
   * YAML text, one document or several.
   *
   * @param yaml the text
   * @return its documents
   */
  public static Manifests yaml(String yaml) {
    throw new UnsupportedOperationException();
  }

  /**
   * Files.
   *
   * @param files YAML or JSON files
   * @return their documents
   */
  public static Manifests files(Path... files) {
    throw new UnsupportedOperationException();
  }

  /**
   * All {@code .yaml}, {@code .yml} and {@code .json} files of a folder, by name, its subfolders
   * too.
   *
   * @param folder the folder
   * @return their documents
   */
  public static Manifests folder(Path folder) {
    throw new UnsupportedOperationException();
  }

  /**
   * A class-path resource.
   *
   * @param owner the class whose loader finds it
   * @param resource its name, as {@link Class#getResourceAsStream} takes it
   * @return its documents
   */
  public static Manifests classpath(Class<?> owner, String resource) {
    throw new UnsupportedOperationException();
  }
}
