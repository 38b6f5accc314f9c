package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.internal.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an image of ours adds to its base: files in one layer, and how they are run.
 *
 * @param architecture in Go's words
 * @param files the files
 * @param user the user and the group, as numbers
 * @param entrypoint the entrypoint
 * @param labels the labels
 */
record ImageContent(
    String architecture,
    List<ImageFile> files,
    String user,
    List<String> entrypoint,
    Map<String, String> labels) {
  /** Copies the collections. */
  ImageContent {
    files = List.copyOf(files);
    entrypoint = List.copyOf(entrypoint);
    labels = Map.copyOf(labels);
  }

  /**
   * A file of an image.
   *
   * @param path where it is in the image, without the first slash
   * @param mode its mode
   * @param source its content
   * @param size how long it is
   * @param hash SHA-256 of its content
   */
  record ImageFile(String path, int mode, Path source, long size, String hash) {
    static ImageFile of(String tried, FileHashes hashes, String path, int mode, Path source) {
      String hash = hashes.of(tried, source);
      try {
        return new ImageFile(path, mode, source, Files.size(source), hash);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** What counts of it, for a hash. */
    String line() {
      return path + ' ' + mode + ' ' + hash;
    }
  }

  /** Names all that goes in. */
  String hash(String base) {
    StringBuilder text = new StringBuilder(base).append('\n').append(architecture);
    text.append('\n').append(user).append('\n').append(entrypoint);
    files.forEach(file -> text.append('\n').append(file.line()));
    new TreeMap<>(labels).forEach((key, value) -> text.append('\n').append(key + "=" + value));
    return Sha256.ofText(text.toString());
  }

  ImageContent withLabel(String key, String value) {
    Map<String, String> more = new TreeMap<>(labels);
    more.put(key, value);
    return new ImageContent(architecture, files, user, entrypoint, more);
  }

  long fileSize() {
    return files.stream().mapToLong(ImageFile::size).sum();
  }

  long layerSize() {
    long size = TarWriter.endSize() + folders().size() * TarWriter.entrySize(0);
    for (ImageFile file : files) {
      size += TarWriter.entrySize(file.size());
    }
    return size;
  }

  void writeLayer(OutputStream out) throws IOException {
    TarWriter tar = new TarWriter(out);
    for (String folder : folders()) {
      tar.directory(folder);
    }
    for (ImageFile file : files) {
      tar.file(file.path(), file.mode(), file.source(), file.size());
    }
    tar.end();
  }

  private TreeSet<String> folders() {
    TreeSet<String> folders = new TreeSet<>();
    for (ImageFile file : files) {
      List<String> names = new ArrayList<>(List.of(file.path().split("/", -1)));
      names.remove(names.size() - 1);
      for (int length = 1; length <= names.size(); length++) {
        folders.add(String.join("/", names.subList(0, length)));
      }
    }
    return folders;
  }

  /** Writes how it is run into the {@code config} of an image's configuration. */
  void configure(ObjectNode config) {
    config.put("User", user);
    config.remove("Cmd");
    entrypoint.forEach(config.putArray("Entrypoint")::add);
    labels.forEach(config.withObject("/Labels")::put);
  }
}
