package dev.pilothouse.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeImagesTest {
  @Test
  void joinsTheNamesOfAnImage() {
    String manifest = "sha256:" + "a".repeat(64);
    String id = "sha256:" + "1".repeat(64);
    String table =
        """
        REF TYPE DIGEST SIZE PLATFORMS LABELS
        localhost/pilot:dev-1 application/vnd.oci.image.manifest.v1+json MANIFEST 181.3 MiB linux/amd64 io.cri-containerd.image=managed
        localhost/pilot:dev-2 application/vnd.oci.image.manifest.v1+json MANIFEST 181.3 MiB linux/amd64 io.cri-containerd.image=managed
        localhost/pilot@MANIFEST application/vnd.oci.image.manifest.v1+json MANIFEST 181.3 MiB linux/amd64 -
        ID application/vnd.oci.image.manifest.v1+json MANIFEST 181.3 MiB linux/amd64 io.cri-containerd.image=managed
        unknown:to-cri application/vnd.oci.image.manifest.v1+json sha256:BBB 1.0 B linux/amd64 -
        """
            .replace("MANIFEST", manifest)
            .replace("BBB", "b".repeat(64))
            .replace("ID ", id + " ");

    assertThat(NodeImages.parse(table))
        .containsExactly(
            new NodeImage(
                id, List.of("localhost/pilot:dev-1", "localhost/pilot:dev-2"), 190_106_829));
  }
}
