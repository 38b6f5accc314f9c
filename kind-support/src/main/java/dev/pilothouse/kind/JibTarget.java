package dev.pilothouse.kind;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.toolbox.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where images go that are built without Docker. */
interface JibTarget {
  /** A folder for what is half-made; on the disk of what is finished, where that is a file. */
  RunDirectory openRun() throws IOException;

  /** Where the image is written while it is made, or pushed. */
  Containerizer containerizer(String reference, Path draft) throws InvalidImageReferenceException;

  /** The image of this name, if it has this content. */
  Optional<BuiltImage> find(String reference, String contentHash)
      throws IOException, InterruptedException;

  /** Puts a finished image where it belongs; the digest is that of its manifest. */
  BuiltImage keep(BuiltImage image, Path draft, String digest) throws IOException;

  /** What there is, in any order. */
  List<BuiltImage> list() throws IOException;

  /** Whether it could be removed. */
  boolean remove(BuiltImage image) throws IOException, InterruptedException;
}
