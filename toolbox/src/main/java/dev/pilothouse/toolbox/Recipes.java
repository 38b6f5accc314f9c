package dev.pilothouse.toolbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What the toolbox can provide, and how: one recipe for each tool. */
final class Recipes {
  /** No symbol table and no debug data: half the size, and what the projects release themselves. */
  private static final List<String> STRIPPED = List.of("-s", "-w");

  /** Istio's Makefile calls a build between releases so: the file VERSION, and "-dev". */
  private static final String ISTIO_VERSION = "1.31-dev";

  private Recipes() {}

  /** All recipes, cheap ones first: what is going to fail should fail early. */
  static Map<Tool, Recipe> pinned(GoCommands go, Map<String, String> environment) {
    Map<Tool, Recipe> recipes = new LinkedHashMap<>();
    recipes.put(Tool.ENVOY, new EnvoyRecipe(environment, go.offline()));
    for (GoRecipe recipe :
        List.of(
            simple(GoModule.ETCD, Map.of(Tool.ETCD, "go.etcd.io/etcd/server/v3"), go),
            simple(GoModule.KIND, Map.of(Tool.KIND, "sigs.k8s.io/kind"), go),
            simple(GoModule.DLV, Map.of(Tool.DLV, "github.com/go-delve/delve/cmd/dlv"), go),
            istio(go),
            istioAgent(go),
            kubernetes(go))) {
      recipe.tools().forEach(tool -> recipes.put(tool, recipe));
    }
    return recipes;
  }

  private static GoRecipe simple(GoModule module, Map<Tool, String> packages, GoCommands go) {
    return recipe(
        module.name().toLowerCase(Locale.ROOT), module, packages, List.of(), STRIPPED, go);
  }

  /** As Istio's Makefile builds its release binaries. */
  private static GoRecipe istio(GoCommands go) {
    Map<Tool, String> packages =
        Map.of(
            Tool.PILOT_DISCOVERY, "istio.io/istio/pilot/cmd/pilot-discovery",
            Tool.ISTIOCTL, "istio.io/istio/istioctl/cmd/istioctl");
    List<String> tags = List.of("vtprotobuf", "disable_pgv");
    return recipe("istio", GoModule.ISTIO, packages, tags, istioFlags(), go);
  }

  /** Istio builds the agent with other tags, which leave out what only istiod needs. */
  private static GoRecipe istioAgent(GoCommands go) {
    Map<Tool, String> packages = Map.of(Tool.PILOT_AGENT, "istio.io/istio/pilot/cmd/pilot-agent");
    List<String> tags = List.of("agent", "disable_pgv", "grpcnotrace", "retrynotrace");
    return recipe("istio-agent", GoModule.ISTIO, packages, tags, istioFlags(), go);
  }

  private static List<String> istioFlags() {
    String version = GoModule.ISTIO.version();
    String revision = version.substring(version.lastIndexOf('-') + 1);
    return stamped(
        List.of("istio.io/istio/pkg/version"),
        Map.of(
            "buildVersion", ISTIO_VERSION,
            "buildGitRevision", revision,
            "buildStatus", "Clean",
            "buildTag", version));
  }

  /** Without the stamp, kube-apiserver calls itself v0.0.0, and clients believe it. */
  private static GoRecipe kubernetes(GoCommands go) {
    Map<Tool, String> packages =
        Map.of(
            Tool.KUBE_APISERVER, "k8s.io/kubernetes/cmd/kube-apiserver",
            Tool.KUBECTL, "k8s.io/kubernetes/cmd/kubectl");
    Version version = Version.parse(GoModule.KUBERNETES.version()).orElseThrow();
    List<String> ldflags =
        stamped(
            List.of("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"),
            Map.of(
                "gitVersion",
                "v" + version,
                "gitMajor",
                Integer.toString(version.major()),
                "gitMinor",
                Integer.toString(version.minor()),
                "gitTreeState",
                "clean"));
    return recipe("kubernetes", GoModule.KUBERNETES, packages, List.of(), ldflags, go);
  }

  private static List<String> stamped(List<String> packages, Map<String, String> variables) {
    Stream<String> stamps =
        packages.stream()
            .flatMap(
                path ->
                    variables.entrySet().stream()
                        .map(v -> "-X " + path + "." + v.getKey() + "=" + v.getValue())
                        .sorted());
    return Stream.concat(STRIPPED.stream(), stamps).toList();
  }

  private static GoRecipe recipe(
      String name,
      GoModule module,
      Map<Tool, String> packages,
      List<String> tags,
      List<String> ldflags,
      GoCommands go) {
    String version = module.version().substring(1);
    return new GoRecipe(name, version, module.files(), packages, tags, ldflags, go);
  }
}
