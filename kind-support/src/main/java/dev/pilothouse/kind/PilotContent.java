package dev.pilothouse.kind;

import dev.pilothouse.image.ImageDebugger;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import dev.pilothouse.image.ImageLabels;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.image.ProxyFiles;
import dev.pilothouse.kind.ImageContent.ImageFile;
import dev.pilothouse.source.IstiodBinary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What goes into the images of istiod and of the sidecar. */
final class PilotContent {
  static final String ISTIOD = "usr/local/bin/pilot-discovery";
  static final String DLV = "usr/local/bin/dlv";
  private static final int PROGRAM = 0755;

  private PilotContent() {}

  static ImageContent of(String tried, FileHashes hashes, IstiodBinary binary, ImageSpec spec) {
    List<ImageFile> files = new ArrayList<>();
    ElfFile istiod = program(tried, binary.path(), spec);
    files.add(ImageFile.of(tried, hashes, ISTIOD, PROGRAM, binary.path()));
    List<String> entrypoint = List.of("/" + ISTIOD);
    if (spec.debugger().isPresent()) {
      ImageDebugger debugger = spec.debugger().get();
      checkSame(tried, debugger.dlv(), program(tried, debugger.dlv(), spec), istiod);
      files.add(ImageFile.of(tried, hashes, DLV, PROGRAM, debugger.dlv()));
      entrypoint = debugger.command("/" + ISTIOD);
    }
    return new ImageContent(
        istiod.architecture(), files, "1337:1337", entrypoint, labels(binary, spec));
  }

  static ImageContent of(String tried, FileHashes hashes, ProxyFiles proxy, ImageSpec spec) {
    ElfFile agent = program(tried, proxy.agent(), spec);
    ElfFile envoy = ElfFile.read(tried, proxy.envoy());
    checkSame(tried, proxy.envoy(), envoy, agent);
    List<ImageFile> files =
        new ArrayList<>(
            List.of(
                ImageFile.of(tried, hashes, "usr/local/bin/pilot-agent", PROGRAM, proxy.agent()),
                ImageFile.of(tried, hashes, "usr/local/bin/envoy", PROGRAM, proxy.envoy()),
                ImageFile.of(
                    tried,
                    hashes,
                    "var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
                    0644,
                    proxy.bootstrapTemplate())));
    if (spec.debugger().isPresent()) {
      // Not as the entrypoint: the same image sets up the pods' network, and ends then.
      Path dlv = spec.debugger().get().dlv();
      checkSame(tried, dlv, program(tried, dlv, spec), agent);
      files.add(ImageFile.of(tried, hashes, DLV, PROGRAM, dlv));
    }
    return new ImageContent(
        agent.architecture(), files, "", List.of("/usr/local/bin/pilot-agent"), spec.labels());
  }

  private static Map<String, String> labels(IstiodBinary binary, ImageSpec spec) {
    Map<String, String> labels = new TreeMap<>();
    labels.put(ImageLabels.REVISION, binary.version().revision());
    labels.put(ImageLabels.VERSION, binary.version().version());
    labels.put(ImageLabels.BUILD, binary.version().tag());
    labels.put(ImageLabels.FLAVOR, binary.flavor().name().toLowerCase(Locale.ROOT));
    labels.putAll(spec.labels());
    return labels;
  }

  /** A program that needs a dynamic linker finds none in an image from scratch. */
  private static ElfFile program(String tried, Path file, ImageSpec spec) {
    ElfFile program = ElfFile.read(tried, file);
    boolean bare = spec.base().equals(ImageSpec.SCRATCH) && spec.dockerfile().isEmpty();
    if (bare && !program.isStatic()) {
      throw new ImageException(
          Reason.UNUSABLE_FILE,
          tried,
          file + " is linked dynamically, and an image from scratch has no libraries",
          "compile it with CGO_ENABLED=0, or choose a base image",
          null,
          null);
    }
    return program;
  }

  private static void checkSame(String tried, Path file, ElfFile program, ElfFile other) {
    if (!program.architecture().equals(other.architecture())) {
      throw new ImageException(
          Reason.WRONG_ARCHITECTURE,
          tried,
          file + " is for " + program.architecture() + ", the image for " + other.architecture(),
          "take both for the nodes' architecture",
          null,
          null);
    }
  }
}
