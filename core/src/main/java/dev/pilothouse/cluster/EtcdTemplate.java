package dev.pilothouse.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pilothouse.cluster.Manifests.Document;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.UUID;

/**
 * etcd's data as it is once the API server has made what it makes at its first start, and the
 * CustomResourceDefinitions are established. A cluster that begins with a copy saves the seconds
 * that this takes.
 *
 * <p>It holds no secrets: keys and tokens are files of each cluster, and no service account token
 * is asked for while a template is made. What clusters from one template do share is the UIDs of
 * the objects in it, the namespace {@code kube-system} among them.
 *
 * @param folder where it lies, or will lie
 */
record EtcdTemplate(Path folder) {
  /** Goes up when templates are made in another way. */
  private static final int FORMAT = 1;

  private static final int KEY_DIGITS = 32;

  /** The template for these programs, flags and definitions; it may not exist yet. */
  static EtcdTemplate at(
      Path cache, Binaries binaries, Manifests definitions, List<String> apiServerFlags) {
    MessageDigest hash = Sha256.digest();
    String programs = ControlPlane.fingerprint(binaries);
    hash.update((FORMAT + "\n" + programs + "\n" + apiServerFlags).getBytes(UTF_8));
    for (Document document : definitions.documents()) {
      hash.update(("\n---\n" + document.text()).getBytes(UTF_8));
    }
    String key = Sha256.hex(hash).substring(0, KEY_DIGITS);
    return new EtcdTemplate(cache.resolve("cluster-templates").resolve(key));
  }

  boolean exists() {
    return Files.exists(kindsFile());
  }

  /** The kinds that it defines, as {@code networking.istio.io/v1 Sidecar}. */
  List<String> kinds() {
    try {
      return Files.readAllLines(kindsFile());
    } catch (IOException e) {
      throw failure("reading", e);
    }
  }

  /** Copies the data to where a new etcd looks for it. */
  void copyTo(Path data) {
    try {
      EtcdData.copy(data(), data);
    } catch (IOException e) {
      throw failure("copying", e);
    }
  }

  /** Keeps the data of an etcd that has ended. Whoever comes second finds it done. */
  void save(Path data, List<String> kinds) {
    EtcdTemplate half = new EtcdTemplate(folder.resolveSibling(".half-" + UUID.randomUUID()));
    try {
      Files.createDirectories(half.folder);
      EtcdData.copy(data, half.data());
      Files.write(half.kindsFile(), kinds);
      Files.move(half.folder, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      EtcdData.delete(half.folder);
      if (!exists()) {
        throw failure("writing", e);
      }
    }
  }

  private Path data() {
    return folder.resolve("data");
  }

  private Path kindsFile() {
    return folder.resolve("kinds");
  }

  private PilothouseException failure(String tried, IOException e) {
    return new PilothouseException(
        tried + " the template of local clusters in " + folder,
        e.toString(),
        "delete that folder; it is made again",
        null,
        e);
  }
}
