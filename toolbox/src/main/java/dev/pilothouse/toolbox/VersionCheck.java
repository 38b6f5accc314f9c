package dev.pilothouse.toolbox;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * How a tool says its version, and which versions fit.
 *
 * @param arguments make the tool print its version
 * @param version finds the version (group 1) in what it prints; fails to match what another program
 *     prints
 * @param identity further words that its {@code --help} has to contain, for programs whose version
 *     output does not tell them apart; empty for none
 * @param fits whether a version fits
 * @param needed says in words which versions fit
 */
record VersionCheck(
    List<String> arguments,
    Pattern version,
    String identity,
    Predicate<String> fits,
    String needed) {

  /** A floor, no promise: what is tested is the pinned one. */
  private static final String ISTIO_NEEDED = "1.24 or newer, or a build without a number";

  private static final Map<Tool, VersionCheck> ALL =
      Map.of(
          // The oldest store with which kube-apiserver 1.34 was seen to work.
          Tool.ETCD,
          atLeast(3, 4, "etcd Version: (\\S+)", "--version"),
          // One minor release: flags, default admission and CRD validation change between them, and
          // from 1.35 on Kubernetes leaves cgroup v1 machines behind, where kind still has to work.
          Tool.KUBE_APISERVER,
          new VersionCheck(
              List.of("--version"),
              Pattern.compile("(?m)^Kubernetes (v\\S+)"),
              "",
              numbers(v -> v.major() == 1 && v.minor() == 34),
              "1.34"),
          Tool.PILOT_DISCOVERY,
          new VersionCheck(
              List.of("version", "-o", "json"),
              Pattern.compile("\"version\": *\"([^\"]+)\""),
              "pilot-discovery [command]",
              VersionCheck::fitsIstio,
              ISTIO_NEEDED),
          Tool.PILOT_AGENT,
          new VersionCheck(
              List.of("version", "-o", "json"),
              Pattern.compile("\"version\": *\"([^\"]+)\""),
              "pilot-agent [command]",
              VersionCheck::fitsIstio,
              ISTIO_NEEDED),
          Tool.ISTIOCTL,
          new VersionCheck(
              List.of("version", "--remote=false"),
              Pattern.compile("(?m)^client version: (?!version\\.BuildInfo)(\\S+)"),
              "",
              VersionCheck::fitsIstio,
              ISTIO_NEEDED),
          // Delve's releases follow Go's: the first for programs of Go 1.26, as istiod is one.
          Tool.DLV,
          atLeast(1, 26, "Delve Debugger\\s+Version: (\\S+)", "version"),
          // The oldest release that is published as a wheel, so whoever must can try it.
          Tool.ENVOY,
          atLeast(1, 36, "version: [^/\\s]+/([^/\\s]+)/", "--version"),
          // The first release whose nodes run Kubernetes 1.34.
          Tool.KIND,
          atLeast(0, 30, "kind v(\\S+) go", "version"),
          // kubectl is supported one minor release to each side of the API server.
          Tool.KUBECTL,
          new VersionCheck(
              List.of("version", "--client", "-o", "json"),
              Pattern.compile("\"gitVersion\": *\"([^\"]+)\""),
              "",
              numbers(v -> v.major() == 1 && v.minor() >= 33 && v.minor() <= 35),
              "1.33 to 1.35"));

  static VersionCheck of(Tool tool) {
    return Objects.requireNonNull(ALL.get(tool));
  }

  /** Builds of Istio from source often have no version, and fit. */
  private static boolean fitsIstio(String text) {
    return Version.parse(text).map(version -> version.atLeast(1, 24)).orElse(true);
  }

  private static VersionCheck atLeast(int major, int minor, String pattern, String argument) {
    return new VersionCheck(
        List.of(argument),
        Pattern.compile(pattern),
        "",
        numbers(version -> version.atLeast(major, minor)),
        major + "." + minor + " or newer");
  }

  private static Predicate<String> numbers(Predicate<Version> fits) {
    return text -> Version.parse(text).filter(fits).isPresent();
  }
}
