/**
 * Istio's source tree, edits to it, and the compiler that turns it into an istiod.
 *
 * <pre>{@code
 * Toolbox toolbox = Toolbox.create();
 * IstioSource source = IstioSource.pinned(toolbox);          // or checkout, clone, vendored
 * SourceEdit edit = SourceEdit.replace("pilot/pkg/xds/ads.go", "old", "new");
 * IstiodBinary istiod =
 *     IstiodCompiler.create(toolbox).compile(source, List.of(edit), CompileOptions.release());
 * }</pre>
 *
 * <p>Whoever does not change istiod needs none of it: {@link dev.pilothouse.source.IstiodBinary#at}
 * takes a binary.
 *
 * <p>What to know of Go's ways:
 *
 * <ul>
 *   <li>Edits are compiled by {@code go build -overlay}. It may replace files of a checkout and
 *       below {@code vendor/}, but none in Go's module cache; so the tree that needs no Git is a
 *       module that vendors Istio.
 *   <li>{@code go mod vendor} copies what Istio's programs are built from: no tests, scripts and
 *       documents, and no package that nobody imports. An edit may add packages, but may import
 *       only modules that are vendored. A Git checkout has everything.
 *   <li>A release build is trimmed of paths: any copy of a tree finds what another copy compiled in
 *       Go's build cache. A debug build holds paths: the first one in a folder compiles all
 *       packages (minutes). Edits in an overlay keep the folder, and are quick.
 * </ul>
 */
@NullMarked
package dev.pilothouse.source;

import org.jspecify.annotations.NullMarked;
