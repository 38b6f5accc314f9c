package dev.pilothouse.kind;

import dev.pilothouse.cluster.Cluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.DeliveryEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one delivery has pushed. A registry has many users, and labels go from a base image to all
 * that is built on it; so nothing else counts as ours. Safe for use by several threads.
 */
final class PushedImages {
  private static final Logger LOG = LoggerFactory.getLogger(PushedImages.class);

  /** An image and whom it was pushed for. */
  private record Pushed(Cluster target, String exact, String reference) {}

  /** The newest comes last. Guarded by this. */
  private final List<Pushed> all = new ArrayList<>();

  /** Whether this was not the last one for that cluster anyway. */
  synchronized boolean add(Cluster target, String exact, String reference) {
    List<Pushed> before = of(target);
    boolean last = !before.isEmpty() && before.get(before.size() - 1).exact().equals(exact);
    if (!last) {
      all.removeIf(other -> other.target() == target && other.exact().equals(exact));
      all.add(new Pushed(target, exact, reference));
    }
    return !last;
  }

  private List<Pushed> of(Cluster target) {
    return all.stream().filter(one -> one.target() == target).toList();
  }

  /** Keeps the newest ones of a cluster, and what its pods and deployments name. */
  void prune(Cluster target, Consumer<DeliveryEvent> progress) {
    List<Pushed> old;
    synchronized (this) {
      List<Pushed> mine = of(target);
      old = mine.subList(0, Math.max(0, mine.size() - NodePruning.KEPT));
    }
    if (old.isEmpty()) {
      return;
    }
    try {
      Set<String> used = UsedImages.of(target);
      for (Pushed one : old) {
        if (!used.contains(one.exact()) && forget(one)) {
          remove(one, progress);
        }
      }
    } catch (PilothouseException e) {
      LOG.debug("Nobody tells which images are used: all of them stay for now", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The delivery itself is done.
    }
  }

  /** Whether nobody else has the same. */
  private synchronized boolean forget(Pushed one) {
    all.remove(one);
    return all.stream().noneMatch(other -> other.exact().equals(one.exact()));
  }

  private static void remove(Pushed one, Consumer<DeliveryEvent> progress)
      throws InterruptedException {
    String registry = ImageNames.repository(one.reference());
    try {
      String digest = one.exact().substring(one.exact().indexOf('@') + 1);
      RegistryApi.of(one.reference()).delete(digest, RegistryTarget.tag(one.reference()));
      progress.accept(new DeliveryEvent.Pruned(registry, one.exact()));
    } catch (IOException e) {
      progress.accept(
          new DeliveryEvent.NotPruned(registry, one.exact(), String.valueOf(e.getMessage())));
    }
  }
}
