package dev.pilothouse.kind;

import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageSpec;
import dev.pilothouse.source.IstioSource;
import java.util.Map;

/**
 * Makes images by the Makefile of a source tree, as {@code make docker.pilot} does. Safe for use by
 * several threads, with a tree each.
 *
 * <pre>{@code
 * BuiltImage image =
 *     ImageBuilders.make(DockerHost.usual(), event -> {})
 *         .build(source, ImageSpec.pilot().withSource(source), Map.of("DEBUG", "1"));
 * cluster.load(List.of(image.reference()));
 * }</pre>
 *
 * <p>Istio's Makefile builds its own builder of images, compiles what goes into the image, then
 * downloads Envoy and ztunnel, for istiod's image too, and builds with {@code docker buildx}.
 * {@link dev.pilothouse.image.ImageBuilder} needs none of these. On Istio's own tree (1.31-dev)
 * this was checked on a machine that cannot download Envoy: as far as that, with pilot-discovery
 * compiled. The rest was checked on a small tree with such a target.
 *
 * @see ImageBuilders#make
 */
public interface MakeImageBuilder {
  /**
   * Runs {@code make docker.<name>} in the tree, not in a container. Make decides what is to be
   * done again. The image then gets the labels of {@link dev.pilothouse.image.ImageLabels}, so that
   * {@link ImageBuilders#docker}'s {@code list} and {@code prune} know it.
   *
   * @param source a checkout; make writes to its folder {@code out}
   * @param spec the hub, the name (which says the target) and the tag, {@link
   *     ImageSpec#timestampTag} where there is none; further labels, see {@link
   *     ImageSpec#withSource}. What it is made of is the tree's business: no base, no Dockerfile
   * @param variables further variables for make, as {@code ISTIO_BASE_REGISTRY}, {@code
   *     BASE_VERSION} or {@code DEBUG}
   * @return the image, in Docker's store
   * @throws ImageException if the tree has no Makefile, buildx is missing, make fails (with the end
   *     of its output), or has made no image of that name
   */
  BuiltImage build(IstioSource source, ImageSpec spec, Map<String, String> variables);
}
