package dev.pilothouse.toolbox;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Provides what its recipes make. */
final class PinnedToolbox implements Toolbox {
  /** Istio's own, and the API server, which is to serve Istio's kinds. */
  private static final Set<Tool> NEED_ISTIO_FILES =
      EnumSet.of(Tool.KUBE_APISERVER, Tool.PILOT_DISCOVERY, Tool.PILOT_AGENT, Tool.ISTIOCTL);

  private final Cache cache;
  private final Map<String, String> environment;

  /** In the order in which they are run. */
  private final Map<Tool, Recipe> recipes;

  private final Recipe istioFiles;
  private final GoCommands go;
  private final Consumer<ToolboxEvent> listener;
  private final ToolSearch search;
  private final Provisioner provisioner;

  PinnedToolbox(
      Map<Tool, Path> explicit,
      Map<String, String> environment,
      Cache cache,
      Map<Tool, Recipe> recipes,
      GoCommands go,
      Consumer<ToolboxEvent> listener) {
    this.cache = cache;
    this.environment = environment;
    this.recipes = new LinkedHashMap<>(recipes);
    this.istioFiles = new IstioFilesRecipe(go);
    this.go = go;
    this.listener = listener;
    this.search = new ToolSearch(Map.copyOf(explicit), environment, cache, recipes);
    this.provisioner = new Provisioner(cache, listener);
  }

  @Override
  public Optional<ToolBinary> find(Tool tool) {
    ToolSearch.Outcome outcome = search.find(tool);
    if (outcome instanceof ToolSearch.Outcome.Wrong wrong) {
      throw new ToolboxException(
          "looking for " + tool.binaryName(), wrong.problem(), "name another, or none", null, null);
    }
    return outcome instanceof ToolSearch.Outcome.Found found
        ? Optional.of(found.binary())
        : Optional.empty();
  }

  @Override
  public Map<Tool, ToolBinary> require(Set<Tool> tools) {
    Survey survey = survey(tools);
    Map<String, String> missing = new TreeMap<>(survey.wrong);
    survey.absent.forEach(
        (tool, notes) ->
            missing.put(
                tool.binaryName(),
                "neither named by "
                    + tool.environmentVariable()
                    + " nor on the PATH nor in the cache "
                    + cache.directory()
                    + notes(notes)
                    + "; provide it (Toolbox.provision), or name one of version "
                    + VersionCheck.of(tool).needed()));
    if (!missing.isEmpty()) {
      throw new MissingToolsException("looking for " + names(tools), missing);
    }
    return survey.found;
  }

  @Override
  public Map<Tool, ToolBinary> provision(Set<Tool> tools) {
    Survey survey = survey(tools);
    Map<Recipe, Set<String>> work = work(survey.absent.keySet());
    Map<String, String> missing = new TreeMap<>(survey.wrong);
    work.forEach((recipe, items) -> missing.putAll(recipe.missing(items)));
    if (!missing.isEmpty()) {
      survey.absent.forEach(
          (tool, notes) -> {
            if (!notes.isEmpty()) {
              missing.putIfAbsent(tool.binaryName(), String.join("; ", notes));
            }
          });
      throw new MissingToolsException("providing " + names(tools), missing);
    }
    Map<String, Provisioner.Provided> provided = new LinkedHashMap<>();
    work.forEach(
        (recipe, items) -> provided.putAll(provisioner.provide(recipe, items, this::problem)));
    for (Tool tool : survey.absent.keySet()) {
      Provisioner.Provided entry = provided.get(tool.binaryName());
      if (entry != null) {
        survey.found.put(tool, binary(tool, entry));
      }
    }
    return survey.found;
  }

  @Override
  public ToolBinary provisionEnvoy(String minor) {
    String what = "providing Envoy " + minor;
    Recipe recipe =
        EnvoyRecipe.of(minor, environment, go.offline())
            .orElseThrow(
                () ->
                    new MissingToolsException(
                        what, Map.of("Envoy " + minor, "no release of that minor is pinned")));
    String item = Tool.ENVOY.binaryName();
    Optional<Path> cached =
        cache.entry(recipe.key(item)).filter(entry -> problem(item, entry).isEmpty());
    if (cached.isPresent()) {
      return binary(Tool.ENVOY, new Provisioner.Provided(cached.get(), false));
    }
    Map<String, String> missing = recipe.missing(Set.of(item));
    if (!missing.isEmpty()) {
      throw new MissingToolsException(what, missing);
    }
    return binary(
        Tool.ENVOY,
        Objects.requireNonNull(provisioner.provide(recipe, Set.of(item), this::problem).get(item)));
  }

  private ToolBinary binary(Tool tool, Provisioner.Provided provided) {
    Path path = provided.entry().resolve(tool.binaryName());
    ToolBinary.Origin origin =
        provided.made() ? ToolBinary.Origin.PROVISIONED : ToolBinary.Origin.CACHE;
    return search.fit(tool, path).binary(tool, path, origin);
  }

  /** Which recipes to run for what: Istio's files first, so that they are there with its tools. */
  private Map<Recipe, Set<String>> work(Set<Tool> absent) {
    Map<Recipe, Set<String>> work = new LinkedHashMap<>();
    if (absent.stream().anyMatch(NEED_ISTIO_FILES::contains) && findIstioFiles().isEmpty()) {
      work.put(istioFiles, Set.of(IstioFilesRecipe.ITEM));
    }
    recipes.forEach(
        (tool, recipe) -> {
          if (absent.contains(tool)) {
            work.computeIfAbsent(recipe, r -> new TreeSet<>()).add(tool.binaryName());
          }
        });
    return work;
  }

  private Optional<String> problem(String item, Path entry) {
    for (Tool tool : Tool.values()) {
      if (tool.binaryName().equals(item)) {
        String problem = search.fit(tool, entry.resolve(item)).problem();
        return Optional.of(problem).filter(text -> !text.isEmpty());
      }
    }
    return IstioFilesRecipe.problem(entry);
  }

  @Override
  public Optional<IstioFiles> findIstioFiles() {
    return cache
        .entry(istioFiles.key(IstioFilesRecipe.ITEM))
        .filter(entry -> IstioFilesRecipe.problem(entry).isEmpty())
        .map(entry -> new IstioFiles(entry, GoModule.ISTIO.version()));
  }

  @Override
  public IstioFiles provisionIstioFiles() {
    Optional<IstioFiles> files = findIstioFiles();
    if (files.isPresent()) {
      return files.get();
    }
    Set<String> items = Set.of(IstioFilesRecipe.ITEM);
    Map<String, String> missing = istioFiles.missing(items);
    if (!missing.isEmpty()) {
      throw new MissingToolsException("providing Istio's files", missing);
    }
    provisioner.provide(istioFiles, items, this::problem);
    return findIstioFiles().orElseThrow();
  }

  @Override
  public IstioModule provisionIstioModule() {
    Path definition = IstioFilesRecipe.definition(provisionIstioFiles().directory());
    try (RunDirectory draft = RunDirectory.open("go-module")) {
      GoModule.ISTIO.writeTo(GoCommands.module(draft.path()));
      Path directory = go.downloadModule(draft.path(), GoModule.ISTIO.path(), listener);
      return new IstioModule(directory, GoModule.ISTIO.version(), definition);
    }
  }

  @Override
  public Path cacheDirectory() {
    return cache.directory();
  }

  @Override
  public Map<String, String> goEnvironment() {
    return go.offline() ? GoToolchain.OFFLINE : Map.of();
  }

  @Override
  public boolean offline() {
    return go.offline();
  }

  /** What a look at the machine came to. */
  private static final class Survey {
    final Map<Tool, ToolBinary> found = new EnumMap<>(Tool.class);
    final Map<Tool, List<String>> absent = new EnumMap<>(Tool.class);
    final Map<String, String> wrong = new TreeMap<>();
  }

  private Survey survey(Set<Tool> tools) {
    Survey survey = new Survey();
    for (Tool tool : tools) {
      ToolSearch.Outcome outcome = search.find(tool);
      if (outcome instanceof ToolSearch.Outcome.Found found) {
        survey.found.put(tool, found.binary());
      } else if (outcome instanceof ToolSearch.Outcome.Absent absent) {
        survey.absent.put(tool, absent.notes());
      } else if (outcome instanceof ToolSearch.Outcome.Wrong wrong) {
        survey.wrong.put(tool.binaryName(), wrong.problem());
      }
    }
    return survey;
  }

  private static String names(Set<Tool> tools) {
    return tools.stream().map(Tool::binaryName).sorted().collect(Collectors.joining(", "));
  }

  private static String notes(List<String> notes) {
    return notes.isEmpty() ? "" : " (" + String.join("; ", notes) + ")";
  }
}
