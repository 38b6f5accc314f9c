package dev.pilothouse.kind;

import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.image.ImageSpec;
import java.util.List;

/** References of images, as Docker writes them short and containerd writes them out. */
final class ImageNames {
  private static final int TAG_DIGITS = 12;

  private ImageNames() {}

  /** The name of an image that is made by a specification. */
  static String of(ImageSpec spec, String contentHash) {
    String tag = spec.tag().orElseGet(() -> "dev-" + contentHash.substring(0, TAG_DIGITS));
    return normalized(spec.hub() + "/" + spec.name() + ":" + tag);
  }

  /** With the registry that Docker means when it says none, and the tag. */
  static String normalized(String reference) {
    String full = reference;
    int slash = full.indexOf('/');
    String first = slash < 0 ? "" : full.substring(0, slash);
    boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
    if (!registry) {
      full = "docker.io/" + (slash < 0 ? "library/" : "") + full;
    }
    boolean tagged = full.indexOf(':', full.lastIndexOf('/')) >= 0 || full.contains("@");
    return tagged ? full : full + ":latest";
  }

  /** Without tag and digest. */
  static String repository(String reference) {
    String name =
        reference.contains("@") ? reference.substring(0, reference.indexOf('@')) : reference;
    int colon = name.indexOf(':', name.lastIndexOf('/') + 1);
    return colon < 0 ? name : name.substring(0, colon);
  }

  /** Those that a specification gives a name, whatever the tag. */
  static List<BuiltImage> inRepositoryOf(ImageSpec spec, List<BuiltImage> images) {
    String repository = repository(normalized(spec.hub() + "/" + spec.name()));
    return images.stream()
        .filter(image -> repository(normalized(image.reference())).equals(repository))
        .toList();
  }
}
