package dev.pilothouse.image;

import dev.pilothouse.source.IstiodBinary;
import java.util.List;

/**
 * Makes images of istiod and of the sidecar.
 *
 * <p>A build that would change nothing is skipped: each image has a hash of all that went in as a
 * label ({@link ImageLabels#CONTENT}), and an image of the same name with the same hash is the
 * result. What went in is the content of the files and the specification; of a base image its id
 * where the builder has it, else its name, as that of a base that a Dockerfile names.
 *
 * <p>Safe for use by several threads.
 */
public interface ImageBuilder {
  /**
   * Makes istiod's image: the binary as {@code /usr/local/bin/pilot-discovery}, which is the
   * entrypoint unless there is a debugger, run as {@code 1337:1337}.
   *
   * @param binary the istiod, for Linux
   * @param spec what the image shall be
   * @return the image
   * @throws ImageException if it cannot be built, with the builder's output; nothing half-made is
   *     left
   */
  BuiltImage build(IstiodBinary binary, ImageSpec spec);

  /**
   * Makes a sidecar's image: pilot-agent, Envoy and the bootstrap template where Istio has them,
   * with {@code /usr/local/bin/pilot-agent} as the entrypoint, also where there is a debugger: the
   * same image sets up the pods' network.
   *
   * @param files what goes in
   * @param spec what the image shall be; see {@link ImageSpec#proxy}
   * @return the image
   * @throws ImageException as {@link #build} does
   */
  BuiltImage buildProxy(ProxyFiles files, ImageSpec spec);

  /**
   * The images that Pilothouse made, of all JVMs, where this builder puts its images.
   *
   * @return the newest first; an image with several names appears once for each
   * @throws ImageException if they cannot be read
   */
  List<BuiltImage> list();

  /**
   * Removes old images that Pilothouse made. An image that a container uses stays.
   *
   * @param spec whose images: those of its hub and name, with any tag
   * @param keep how many to keep, the newest ones
   * @return what was removed
   * @throws ImageException if they cannot be read
   */
  List<BuiltImage> prune(ImageSpec spec, int keep);
}
