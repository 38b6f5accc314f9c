package dev.pilothouse.kind;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import dev.pilothouse.image.BuiltImage;
import dev.pilothouse.toolbox.RunDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A registry. */
final class RegistryTarget implements JibTarget {
  private final List<BuiltImage> pushed = new CopyOnWriteArrayList<>();

  @Override
  public RunDirectory openRun() {
    return RunDirectory.open("image");
  }

  @Override
  public Containerizer containerizer(String reference, Path draft)
      throws InvalidImageReferenceException {
    ImageReference name = ImageReference.parse(reference);
    return Containerizer.to(withCredentials(RegistryImage.named(name), name))
        .setAllowInsecureRegistries(isLoopback(name));
  }

  static boolean isLoopback(ImageReference name) {
    return name.getRegistry().matches("(localhost|127\\..*|\\[::1])(:\\d+)?");
  }

  static RegistryImage withCredentials(RegistryImage image, ImageReference name) {
    CredentialRetrieverFactory credentials = CredentialRetrieverFactory.forImage(name, event -> {});
    return image
        .addCredentialRetriever(credentials.dockerConfig())
        .addCredentialRetriever(credentials.wellKnownCredentialHelpers());
  }

  @Override
  public BuiltImage keep(BuiltImage image, Path draft) {
    pushed.removeIf(before -> before.reference().equals(image.reference()));
    pushed.add(image);
    return image;
  }

  @Override
  public List<BuiltImage> list() {
    return List.copyOf(pushed);
  }

  @Override
  public boolean remove(BuiltImage image) {
    return false;
  }
}
