package dev.pilothouse.source;

import dev.pilothouse.toolbox.ToolBinary;
import dev.pilothouse.toolbox.Toolbox;
import java.util.List;
import java.util.function.Consumer;

/**
 * Compiles istiod, and what belongs to it, from a tree of Istio's source.
 *
 * <p>The result is kept in the toolbox's cache, named by a fingerprint of everything that goes in:
 * the content of the tree's files, edits, options, version stamp, Go. What has a known fingerprint
 * is not compiled again, in whichever copy of the tree it is found (a debug build holds the paths
 * of its sources, so it belongs to one folder). Anything else goes through Go's own build cache.
 *
 * <p>The ten results that were used last are kept, and every one that a process of this user runs.
 * An older one is deleted by a later compilation: whoever wants to keep a binary copies it.
 *
 * <p>Safe for use by several threads and JVMs; of those that want the same, one compiles.
 *
 * <pre>{@code
 * IstiodCompiler compiler = IstiodCompiler.create(toolbox);
 * IstiodBinary istiod =
 *     compiler.compile(
 *         IstioSource.pinned(toolbox), List.of(edit), CompileOptions.release());
 * }</pre>
 */
public interface IstiodCompiler {
  /**
   * A compiler that tells nothing while it works.
   *
   * @param toolbox whose cache to use, and whether downloads are allowed
   * @return a compiler
   */
  static IstiodCompiler create(Toolbox toolbox) {
    return create(toolbox, event -> {});
  }

  /**
   * A compiler.
   *
   * @param toolbox whose cache to use, and whether downloads are allowed
   * @param progress is told how the work goes on; see {@link CompileEvent} for the rules
   * @return a compiler
   */
  static IstiodCompiler create(Toolbox toolbox, Consumer<CompileEvent> progress) {
    return new CachingCompiler(toolbox, progress, 10);
  }

  /**
   * Compiles istiod.
   *
   * <p>The version stamp is Istio's own: {@link IstioSource#version}, {@link IstioSource#revision}
   * (with {@code -dirty} when there are edits or dirty files), {@code Clean} or {@code Modified},
   * and as the tag the fingerprint. The binary is run once, to see that it says so.
   *
   * @param source the tree; it is not written to (but see {@link CompileOptions.BuildTool#MAKE})
   * @param edits changes to compile in, by an overlay; may be empty
   * @param options how to compile
   * @return the binary, in the cache
   * @throws CompileFailedException if the source does not compile
   * @throws SourceEditException if an edit does not fit
   * @throws SourceException if the tree cannot be read, or keeps changing meanwhile
   * @throws dev.pilothouse.failure.PilothouseException if Go is missing, or the result is not what
   *     it should be
   * @throws dev.pilothouse.toolbox.ToolboxException if the cache cannot be written, or the thread
   *     is interrupted
   */
  IstiodBinary compile(IstioSource source, List<SourceEdit> edits, CompileOptions options);

  /**
   * Compiles pilot-agent from the same tree: what runs beside Envoy in a sidecar or gateway.
   *
   * @param source the tree
   * @param edits changes to compile in
   * @param options how to compile
   * @return the binary, in the cache; its origin tells whether it was compiled by this call
   * @throws CompileFailedException if the source does not compile
   * @throws SourceEditException if an edit does not fit
   * @throws SourceException as in {@link #compile}
   */
  ToolBinary compileAgent(IstioSource source, List<SourceEdit> edits, CompileOptions options);

  /**
   * Compiles istioctl from the same tree.
   *
   * @param source the tree
   * @param edits changes to compile in
   * @param options how to compile
   * @return the binary, in the cache; its origin tells whether it was compiled by this call
   * @throws CompileFailedException if the source does not compile
   * @throws SourceEditException if an edit does not fit
   * @throws SourceException as in {@link #compile}
   */
  ToolBinary compileIstioctl(IstioSource source, List<SourceEdit> edits, CompileOptions options);
}
