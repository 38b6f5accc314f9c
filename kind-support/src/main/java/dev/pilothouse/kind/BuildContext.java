package dev.pilothouse.kind;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.internal.Sha256;
import dev.pilothouse.kind.ImageContent.ImageFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What Docker builds an image from: a Dockerfile and files, sent as a stream that is made on the
 * way.
 *
 * @param dockerfile the Dockerfile's text
 * @param files the files of the context, by their place in it
 */
record BuildContext(String dockerfile, List<ImageFile> files) {
  /** The Dockerfile's name in the context: no file of the user's has it. */
  static final String DOCKERFILE = "Dockerfile.pilothouse";

  private static final String ROOT = "root/";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One layer with all files, and how they are run. */
  static BuildContext ours(ImageContent content, String base) {
    StringBuilder text = new StringBuilder("FROM " + base + "\nCOPY " + ROOT + " /\n");
    if (!content.user().isEmpty()) {
      text.append("USER ").append(content.user()).append('\n');
    }
    text.append("ENTRYPOINT ").append(JSON.valueToTree(content.entrypoint()).toString());
    text.append('\n');
    if (!content.labels().isEmpty()) {
      text.append("LABEL"); // In one step: each step takes Docker a tenth of a second.
      new TreeMap<>(content.labels())
          .forEach((key, value) -> text.append(' ').append(quoted(key) + "=" + quoted(value)));
      text.append('\n');
    }
    return new BuildContext(
        text.toString(),
        content.files().stream().map(file -> at(file, ROOT + file.path())).toList());
  }

  private static String quoted(String text) {
    if (text.contains("\n")) {
      throw new IllegalArgumentException("a Dockerfile takes no label of several lines: " + text);
    }
    return '"' + text.replaceAll("[\\\\\"$]", "\\\\$0") + '"';
  }

  /** The user's Dockerfile with the files of its folder, and ours beside them. */
  static BuildContext ofUser(
      String tried, FileHashes hashes, Path dockerfile, ImageContent content) {
    Path folder = dockerfile.resolveSibling("");
    List<ImageFile> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .forEach(
              file ->
                  files.add(
                      ImageFile.of(
                          tried, hashes, folder.relativize(file).toString(), mode(file), file)));
      for (ImageFile file : content.files()) {
        String target = lastName(file.path()).replace("_tmpl.json", ".json");
        files.removeIf(other -> other.path().equals(target));
        files.add(at(file, target));
        files.add(at(file, content.architecture() + "/" + target));
      }
      return new BuildContext(Files.readString(dockerfile), List.copyOf(files));
    } catch (IOException | UncheckedIOException e) {
      throw new ImageException(
          Reason.UNUSABLE_FILE, tried, "reading the Dockerfile and its folder: " + e, "", null, e);
    }
  }

  private static String lastName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static ImageFile at(ImageFile file, String path) {
    return new ImageFile(path, file.mode(), file.source(), file.size(), file.hash());
  }

  private static int mode(Path file) {
    try {
      boolean executable =
          Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
      return executable ? 0755 : 0644;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names all that goes in. */
  String hash() {
    StringBuilder text = new StringBuilder(dockerfile);
    files.forEach(file -> text.append('\n').append(file.line()));
    return Sha256.ofText(text.toString());
  }

  /** The context as a tar archive. */
  InputStream open() {
    List<JoinedStream.Part> parts = new ArrayList<>();
    byte[] text = dockerfile.getBytes(StandardCharsets.UTF_8);
    add(parts, DOCKERFILE, 0644, text.length, () -> new ByteArrayInputStream(text));
    for (ImageFile file : files) {
      add(parts, file.path(), file.mode(), file.size(), () -> Files.newInputStream(file.source()));
    }
    parts.add(() -> zeros(TarWriter.endSize()));
    return new JoinedStream(parts);
  }

  private static void add(
      List<JoinedStream.Part> parts, String name, int mode, long size, JoinedStream.Part content) {
    parts.add(() -> new ByteArrayInputStream(TarWriter.header(name, mode, size, '0')));
    parts.add(content);
    parts.add(() -> zeros(TarWriter.padding(size)));
  }

  private static InputStream zeros(long size) {
    return new ByteArrayInputStream(new byte[(int) size]);
  }
}
