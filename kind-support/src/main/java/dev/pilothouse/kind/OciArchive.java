package dev.pilothouse.kind;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.internal.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An image as an archive (OCI image layout) that is made while it is written, and that leaves out
 * the layers of its base, which the reader has.
 *
 * <p>What containerd makes of it (1.6 and 2.3, by their source; 1.6.20 run): it takes each file for
 * a blob and reckons the digest itself, so a file's name need not be its digest, and the layer can
 * go first. The names must not be those of another import that is under way or broke off, or
 * containerd goes on where that one stopped: so each archive has names of its own. Layers that are
 * not in the archive are only looked for if the snapshot above them is missing.
 */
final class OciArchive {
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String reference;
  private final ImageContent content;
  private final NodeBase base;

  OciArchive(String reference, ImageContent content, NodeBase base) {
    this.reference = reference;
    this.content = content;
    this.base = base;
  }

  private record Blob(String name, String mediaType, String digest, String text) {
    byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  /**
   * Writes the archive.
   *
   * @return the digest of the configuration, which is the image's id
   */
  String writeTo(OutputStream out) throws IOException {
    String unique = "pilothouse-" + UUID.randomUUID();
    TarWriter tar = new TarWriter(out);
    long size = content.layerSize();
    MessageDigest digest = Sha256.digest();
    tar.begin(unique + "-layer", 0644, size);
    content.writeLayer(new DigestOutputStream(noFlush(out), digest));
    tar.endEntry(size);
    String layer = "sha256:" + Sha256.hex(digest);

    Blob config = blob(unique + "-config", CONFIG, config(layer));
    Blob manifest = blob(unique + "-manifest", MANIFEST, manifest(config, layer, size));
    for (Blob blob : List.of(config, manifest)) {
      tar.file(blob.name(), 0644, blob.bytes());
    }
    tar.file("index.json", 0644, index(manifest));
    tar.file(
        "oci-layout", 0644, "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
    tar.end();
    return config.digest();
  }

  private static OutputStream noFlush(OutputStream out) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        out.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }
    };
  }

  private ObjectNode config(String layer) {
    ObjectNode config = base.config().deepCopy();
    config.put("architecture", content.architecture());
    config.put("os", "linux");
    config.put("created", Instant.now().toString());
    content.configure(config.withObject("/config"));
    config.withObject("/rootfs").put("type", "layers");
    config.withArray("/rootfs/diff_ids").add(layer);
    config.remove("history"); // Optional, and of no use: the layers have no steps.
    return config;
  }

  private ObjectNode manifest(Blob config, String layer, long size) {
    ObjectNode manifest = document(MANIFEST);
    describe(
        manifest.putObject("config"), config.mediaType(), config.digest(), config.bytes().length);
    base.layers().forEach(manifest.withArray("/layers")::add);
    describe(manifest.withArray("/layers").addObject(), LAYER, layer, size);
    return manifest;
  }

  private byte[] index(Blob manifest) throws JsonProcessingException {
    ObjectNode index = document("application/vnd.oci.image.index.v1+json");
    ObjectNode entry = index.putArray("manifests").addObject();
    describe(entry, manifest.mediaType(), manifest.digest(), manifest.bytes().length);
    entry.putObject("annotations").put("io.containerd.image.name", reference);
    entry.putObject("platform").put("architecture", content.architecture()).put("os", "linux");
    return JSON.writeValueAsBytes(index);
  }

  private static ObjectNode document(String mediaType) {
    return JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", mediaType);
  }

  private static void describe(ObjectNode node, String mediaType, String digest, long size) {
    node.put("mediaType", mediaType).put("digest", digest).put("size", size);
  }

  private static Blob blob(String name, String mediaType, ObjectNode document)
      throws JsonProcessingException {
    String text = JSON.writeValueAsString(document);
    return new Blob(name, mediaType, "sha256:" + Sha256.ofText(text), text);
  }
}
