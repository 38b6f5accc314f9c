package dev.pilothouse.image;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.source.IstiodBinary;

/** A delivery that leaves the work to the nodes: they pull the image. */
record PulledImage(String reference) implements Delivery {
  PulledImage {
    if (reference.isBlank()) {
      throw new IllegalArgumentException("an image needs a name, as docker.io/istio/pilot:1.29.0");
    }
  }

  @Override
  public DeliveredIstiod deliver(IstiodBinary binary, Cluster target, String place) {
    return new DeliveredIstiod.ImageIstiod(reference, DeliveredIstiod.IF_NOT_PRESENT, false);
  }
}
