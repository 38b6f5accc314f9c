package dev.pilothouse.image;

import dev.pilothouse.source.DirtyFile;
import dev.pilothouse.source.IstioSource;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an image shall be. Immutable: each {@code with…} method gives a changed copy.
 *
 * <pre>{@code
 * ImageSpec.pilot()                                         // localhost/pilot:dev-<content>
 * ImageSpec.pilot().withTag(ImageSpec.timestampTag())       // localhost/pilot:dev-1763798400
 * ImageSpec.pilot().withBase("docker.io/istio/base:1.29-latest").withSource(source)
 * ImageSpec.pilot().withDebugger(ImageDebugger.onLoopback(toolbox.provision(Tool.DLV).path()))
 * }</pre>
 *
 * @param hub what comes before the name: a registry and perhaps a path in it, as {@code
 *     localhost:5000/istio}; {@code localhost} for images that are never pulled
 * @param name the image's name: {@code pilot}, {@code proxyv2}
 * @param tag the tag; empty for {@code dev-} and twelve digits of the content's hash
 * @param base what the image starts from: a reference, {@link #SCRATCH}, or {@code tar://} and the
 *     path of an image archive. It does not count where there is a Dockerfile
 * @param dockerfile a Dockerfile of one's own, or Istio's; empty for ours. Its context is its
 *     folder, and in it {@code pilot-discovery} as a file and as {@code amd64/pilot-discovery} (by
 *     the binary's architecture); with a debugger {@code dlv} in the same places
 * @param buildArguments the Dockerfile's arguments
 * @param debugger a Delve to put into the image, and to start istiod with; the image of a proxy
 *     starts its agent as ever
 * @param labels labels beside those of {@link ImageLabels}
 */
public record ImageSpec(
    String hub,
    String name,
    Optional<String> tag,
    String base,
    Optional<Path> dockerfile,
    Map<String, String> buildArguments,
    Optional<ImageDebugger> debugger,
    Map<String, String> labels) {
  /** The base image that is none. */
  public static final String SCRATCH = "scratch";

  private static final Pattern HUB = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._:/-]*[a-zA-Z0-9]");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]+([._-]+[a-z0-9]+)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

  /** Copies the collections and checks the names. */
  public ImageSpec {
    buildArguments = Map.copyOf(buildArguments);
    labels = Map.copyOf(labels);
    dockerfile = dockerfile.map(file -> file.toAbsolutePath().normalize());
    check(HUB, "hub", hub);
    check(NAME, "name", name);
    tag.ifPresent(text -> check(TAG, "tag", text));
    if (base.isBlank()) {
      throw new IllegalArgumentException("no base image: for none say ImageSpec.SCRATCH");
    }
    if (dockerfile.isEmpty() && !buildArguments.isEmpty()) {
      throw new IllegalArgumentException(
          "build arguments need a Dockerfile that reads them: " + buildArguments.keySet());
    }
  }

  private static void check(Pattern pattern, String what, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("no " + what + " of an image: \"" + text + "\"");
    }
  }

  /**
   * Istiod's image: {@code localhost/pilot}, from scratch, tagged by its content.
   *
   * @return the specification
   */
  public static ImageSpec pilot() {
    return named("pilot");
  }

  /**
   * The proxy's image: {@code localhost/proxyv2}. It needs a base with a shell's usual tools and,
   * to redirect traffic, iptables.
   *
   * @param base the base image
   * @return the specification
   */
  public static ImageSpec proxy(String base) {
    return named("proxyv2").withBase(base);
  }

  private static ImageSpec named(String name) {
    return new ImageSpec(
        "localhost",
        name,
        Optional.empty(),
        SCRATCH,
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Map.of());
  }

  /**
   * A tag as many scripts make it: {@code dev-} and the seconds since 1970.
   *
   * @return for example {@code dev-1763798400}; the same within one second
   */
  public static String timestampTag() {
    return "dev-" + Instant.now().getEpochSecond();
  }

  /**
   * With another hub.
   *
   * @param other the hub
   * @return a copy
   */
  public ImageSpec withHub(String other) {
    return new ImageSpec(other, name, tag, base, dockerfile, buildArguments, debugger, labels);
  }

  /**
   * With another name.
   *
   * @param other the name
   * @return a copy
   */
  public ImageSpec withName(String other) {
    return new ImageSpec(hub, other, tag, base, dockerfile, buildArguments, debugger, labels);
  }

  /**
   * With a fixed tag.
   *
   * @param other the tag
   * @return a copy
   */
  public ImageSpec withTag(String other) {
    return new ImageSpec(
        hub, name, Optional.of(other), base, dockerfile, buildArguments, debugger, labels);
  }

  /**
   * With another base image.
   *
   * @param other a reference, {@link #SCRATCH}, or {@code tar://} and a path
   * @return a copy
   */
  public ImageSpec withBase(String other) {
    return new ImageSpec(hub, name, tag, other, dockerfile, buildArguments, debugger, labels);
  }

  /**
   * With a Dockerfile of one's own. Its folder is sent to Docker as the context.
   *
   * @param file the Dockerfile
   * @param arguments its arguments ({@code ARG}), by name
   * @return a copy
   */
  public ImageSpec withDockerfile(Path file, Map<String, String> arguments) {
    return new ImageSpec(hub, name, tag, base, Optional.of(file), arguments, debugger, labels);
  }

  /**
   * With a Delve in the image, that starts istiod.
   *
   * @param other the debugger
   * @return a copy
   */
  public ImageSpec withDebugger(ImageDebugger other) {
    return new ImageSpec(
        hub, name, tag, base, dockerfile, buildArguments, Optional.of(other), labels);
  }

  /**
   * With one label more.
   *
   * @param key the label
   * @param value its value
   * @return a copy
   */
  public ImageSpec withLabel(String key, String value) {
    Map<String, String> more = new HashMap<>(labels);
    more.put(key, value);
    return new ImageSpec(hub, name, tag, base, dockerfile, buildArguments, debugger, more);
  }

  /**
   * With labels that say what the tree is now: its revision and its changed files.
   *
   * @param source the tree that the binary was compiled from
   * @return a copy
   * @throws dev.pilothouse.source.SourceException if the tree cannot be read
   */
  public ImageSpec withSource(IstioSource source) {
    String files =
        source.dirtyFiles().stream().map(DirtyFile::path).collect(Collectors.joining(","));
    return withLabel(ImageLabels.REVISION, source.revision())
        .withLabel(ImageLabels.DIRTY_FILES, files);
  }
}
