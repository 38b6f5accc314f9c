package dev.pilothouse.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What lies where in one tree of Istio's source, and where common changes are made.
 *
 * <pre>{@code
 * SourceMap map = source.map();
 * map.places(CommonChange.HTTP_ROUTES);   // pilot/pkg/networking/core/route/route.go, present
 * map.table();                            // all of it as text
 * }</pre>
 *
 * @param places the parts of the tree that matter for istiod, from the entry point outwards; those
 *     that this tree lacks too
 * @param changes for each common change its places, as in {@link CommonChange#paths()}
 */
public record SourceMap(List<SourcePlace> places, Map<CommonChange, List<SourcePlace>> changes) {
  private static final Map<String, String> WHAT = new LinkedHashMap<>();

  static {
    WHAT.put("pilot/cmd/pilot-discovery", "istiod's entry point");
    WHAT.put("pilot/pkg/bootstrap", "server startup, gRPC and HTTP listeners");
    WHAT.put("pilot/pkg/config", "where config comes from: Kubernetes, files, memory");
    WHAT.put("pilot/pkg/features", "feature flags, read from the environment");
    WHAT.put("pilot/pkg/model", "the internal model between Kubernetes resources and Envoy config");
    WHAT.put("pilot/pkg/networking/core", "generation of clusters, listeners and routes");
    WHAT.put("pilot/pkg/serviceregistry", "service discovery: Kubernetes, ServiceEntry");
    WHAT.put("pilot/pkg/xds", "the xDS server: what is built, and when it is pushed");
    WHAT.put("pilot/pkg/xds/ads.go", "the aggregated discovery service, state of the world");
    WHAT.put("pilot/pkg/xds/delta.go", "delta xDS: incremental pushes");
    WHAT.put(
        "pilot/pkg/security", "authentication and authorization policy, as Envoy config (no CA)");
    WHAT.put("security/pkg", "the certificate authority and the signing of certificates");
    WHAT.put("pkg/config", "config API types: schemas, validation, hosts, labels");
    WHAT.put(
        "pkg/envoy", "the agent's control of an Envoy process (Envoy's API is go-control-plane)");
    WHAT.put("pkg/kube", "Kubernetes client helpers, informers, sidecar injection");
    WHAT.put("istioctl", "the command line istioctl");
    WHAT.put("manifests", "Helm charts, profiles and CRDs");
    WHAT.put("tools", "build scripts and helper programs");
    WHAT.put("Makefile", "build targets (most are in Makefile.core.mk)");
  }

  /** Copies the collections. */
  public SourceMap {
    places = List.copyOf(places);
    changes = Map.copyOf(changes);
  }

  static SourceMap of(Path root) {
    List<SourcePlace> places = new ArrayList<>();
    WHAT.forEach((path, what) -> places.add(place(root, path, what)));
    Map<CommonChange, List<SourcePlace>> changes = new EnumMap<>(CommonChange.class);
    for (CommonChange change : CommonChange.values()) {
      changes.put(
          change, change.paths().stream().map(path -> place(root, path, change.what())).toList());
    }
    return new SourceMap(places, changes);
  }

  /**
   * Where to make a change.
   *
   * @param change what you want to change
   * @return its places, in the order of {@link CommonChange#paths()}; never empty
   */
  public List<SourcePlace> places(CommonChange change) {
    return changes.getOrDefault(change, List.of());
  }

  /**
   * All of it as text, for a prompt or a log.
   *
   * @return two tables: what lies where, and what to change where
   */
  public String table() {
    StringBuilder table = new StringBuilder("What lies where\n");
    places.forEach(place -> row(table, place.what(), place));
    table.append("\nWhat you want to change, and where\n");
    for (CommonChange change : CommonChange.values()) {
      places(change).forEach(place -> row(table, change.what(), place));
    }
    return table.toString();
  }

  private static void row(StringBuilder table, String what, SourcePlace place) {
    table.append(String.format("  %-48s %s", place.path(), what));
    if (!place.present()) {
      table.append(place.movedTo().isEmpty() ? " (not in this tree)" : " (not in this tree; see ");
      table.append(String.join(", ", place.movedTo()));
      table.append(place.movedTo().isEmpty() ? "" : ")");
    }
    table.append('\n');
  }

  private static SourcePlace place(Path root, String path, String what) {
    Path file = root.resolve(path);
    boolean present = Files.exists(file);
    return new SourcePlace(path, what, present, present ? List.of() : movedTo(root, file));
  }

  /** Files of the same name below the nearest folder of the path that the tree has. */
  private static List<String> movedTo(Path root, Path missing) {
    Path folder = nearestFolder(root, root.relativize(missing));
    if (folder.equals(root)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().equals(missing.getFileName()))
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new SourceException(
          SourceException.Reason.UNREADABLE, "looking for " + missing, e.toString(), "", folder, e);
    }
  }

  private static Path nearestFolder(Path root, Path relative) {
    for (int names = relative.getNameCount() - 1; names > 0; names--) {
      Path folder = root.resolve(relative.subpath(0, names));
      if (Files.isDirectory(folder)) {
        return folder;
      }
    }
    return root;
  }
}
