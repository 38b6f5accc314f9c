package dev.pilothouse.kind;

import dev.pilothouse.source.IstioSource;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.toolbox.ToolboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The programs, and which versions of them go together. */
final class ToolChecks {
  private static final int OLDEST_JAVA = 17;
  private static final MinorVersion OLDEST_KIND = new MinorVersion(0, 30);
  private static final MinorVersion PINNED_GO = new MinorVersion(1, 26);
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Pattern GO_VERSION = Pattern.compile("go version (go\\S+)");
  private static final Pattern GO_LINE = Pattern.compile("(?m)^go (\\d+\\.\\d+\\S*)");

  private final Toolbox toolbox;
  private final @Nullable IstioSource source;
  private final @Nullable String nodeImage;

  ToolChecks(Toolbox toolbox, @Nullable IstioSource source, @Nullable String nodeImage) {
    this.toolbox = toolbox;
    this.source = source;
    this.nodeImage = nodeImage;
  }

  void addTo(List<Prerequisite> all) {
    all.add(jdk());
    String go = goVersion();
    all.add(go(go));
    all.add(tool(Tool.KIND, ToolChecks::kind));
    all.add(tool(Tool.KUBECTL, this::kubectl));
    all.add(tool(Tool.ISTIOCTL, this::istioctl));
    all.add(tool(Tool.DLV, binary -> dlv(binary, go)));
  }

  private static Prerequisite jdk() {
    String found = Runtime.version() + ", " + System.getProperty("java.home");
    String needed = OLDEST_JAVA + " or newer";
    return Runtime.version().feature() >= OLDEST_JAVA
        ? Prerequisite.ok("JDK", found, needed)
        : Prerequisite.wrong("JDK", found, needed, "install a newer JDK");
  }

  /** What {@code go version} says; empty without a Go. */
  private static String goVersion() {
    try {
      String said =
          new Command(
                  List.of("go", "version"),
                  Map.of("GOTOOLCHAIN", "local", "GOWORK", "off"),
                  Path.of(System.getProperty("java.io.tmpdir")),
                  DEADLINE)
              .output();
      Matcher version = GO_VERSION.matcher(said);
      return version.lookingAt() ? version.group(1) : said.strip();
    } catch (ToolboxException e) {
      return "";
    }
  }

  private Prerequisite go(String found) {
    MinorVersion needed = neededGo();
    String words = needed + " or newer" + (source == null ? "" : ", for " + source.root());
    String toDo = "see https://go.dev/doc/install";
    if (found.isEmpty()) {
      return Prerequisite.missing("Go", "no go on the PATH that runs", words, toDo);
    }
    boolean fits = MinorVersion.parse(found).filter(v -> v.compareTo(needed) >= 0).isPresent();
    return fits
        ? Prerequisite.ok("Go", found, words)
        : Prerequisite.wrong("Go", found, words, toDo);
  }

  private MinorVersion neededGo() {
    if (source == null) {
      return PINNED_GO;
    }
    try {
      Matcher line = GO_LINE.matcher(Files.readString(source.moduleDirectory().resolve("go.mod")));
      return line.find() ? MinorVersion.parse(line.group(1)).orElse(PINNED_GO) : PINNED_GO;
    } catch (IOException e) {
      return PINNED_GO;
    }
  }

  private Prerequisite tool(Tool tool, Function<ToolBinary, Prerequisite> check) {
    String name = tool.binaryName();
    try {
      return toolbox
          .find(tool)
          .map(check)
          .orElseGet(
              () ->
                  Prerequisite.missing(
                      name,
                      "neither on the PATH in a version that fits nor in the cache",
                      "one that fits",
                      "let the toolbox build it (Toolbox.provision), or install it and name it in "
                          + tool.environmentVariable()));
    } catch (ToolboxException e) {
      String toDo = "correct the path, or take it away so that another is looked for";
      return Prerequisite.wrong(name, e.summary(), "one that fits", toDo);
    }
  }

  private static Prerequisite kind(ToolBinary binary) {
    String needed = OLDEST_KIND + " or newer";
    boolean old =
        MinorVersion.parse(binary.version()).filter(v -> v.compareTo(OLDEST_KIND) < 0).isPresent();
    return old
        ? Prerequisite.wrong(
            "kind", text(binary), needed, "install a newer one, or let the toolbox build it")
        : Prerequisite.ok("kind", text(binary), needed);
  }

  private Prerequisite kubectl(ToolBinary binary) {
    if (nodeImage == null) {
      return Prerequisite.ok("kubectl", text(binary), "one minor release beside the nodes'");
    }
    Optional<MinorVersion> nodes = MinorVersion.ofNodeImage(nodeImage);
    if (nodes.isEmpty()) {
      String needed = "one minor release beside that of " + nodeImage;
      String toDo = "look what Kubernetes the nodes run: the image's tag does not tell";
      return Prerequisite.note("kubectl", text(binary), needed, toDo);
    }
    String needed = "one minor release beside Kubernetes " + nodes.get() + " of the nodes";
    boolean fits =
        MinorVersion.parse(binary.version()).filter(v -> v.isBeside(nodes.get())).isPresent();
    return fits
        ? Prerequisite.ok("kubectl", text(binary), needed)
        : Prerequisite.wrong(
            "kubectl",
            text(binary),
            needed,
            "install kubectl " + nodes.get() + ", or take another node image");
  }

  private Prerequisite istioctl(ToolBinary binary) {
    if (source == null) {
      return Prerequisite.ok("istioctl", text(binary), "one minor release beside the istiod's");
    }
    String needed = "one minor release beside " + source.version() + " of the source";
    Optional<MinorVersion> own = MinorVersion.parse(binary.version());
    Optional<MinorVersion> tree = MinorVersion.parse(source.version());
    if (own.isEmpty() || tree.isEmpty()) {
      String toDo = "see that it was built from this tree: its version does not tell";
      return Prerequisite.note("istioctl", text(binary), needed, toDo);
    }
    return own.get().isBeside(tree.get())
        ? Prerequisite.ok("istioctl", text(binary), needed)
        : Prerequisite.wrong(
            "istioctl",
            text(binary),
            needed,
            "build it from the tree (go build ./istioctl/cmd/istioctl), and name it in "
                + Tool.ISTIOCTL.environmentVariable());
  }

  /** Delve's minor release is the newest Go whose programs it can debug. */
  private static Prerequisite dlv(ToolBinary binary, String go) {
    Optional<MinorVersion> compiler = MinorVersion.parse(go);
    if (compiler.isEmpty()) {
      return Prerequisite.ok("dlv", text(binary), "as new as Go");
    }
    String needed = compiler.get() + " or newer, for programs of Go " + compiler.get();
    boolean fits =
        MinorVersion.parse(binary.version())
            .filter(v -> v.compareTo(compiler.get()) >= 0)
            .isPresent();
    return fits
        ? Prerequisite.ok("dlv", text(binary), needed)
        : Prerequisite.wrong(
            "dlv", text(binary), needed, "go install github.com/go-delve/delve/cmd/dlv@latest");
  }

  private static String text(ToolBinary binary) {
    return binary.version() + ", " + binary.path();
  }
}
