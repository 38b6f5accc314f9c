package dev.pilothouse.loop;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.ProxySync;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Waits until the proxies that were connected to an istiod have acknowledged the one after it. */
final class Acknowledgement {
  private final Istiod istiod;
  private final Set<String> connected;
  private final Set<String> rejecting;

  private Acknowledgement(Istiod istiod, Set<String> connected, Set<String> rejecting) {
    this.istiod = istiod;
    this.connected = connected;
    this.rejecting = rejecting;
  }

  /** To be asked before the istiod is replaced. */
  static Acknowledgement ofThoseConnectedTo(Istiod istiod) {
    List<ProxySync> proxies = istiod.proxies();
    return new Acknowledgement(
        istiod,
        ids(proxies, proxy -> true),
        // What was rejected before is not the new istiod's fault: there it need only be connected.
        ids(proxies, ProxySync::rejected));
  }

  /** Says how many there were. */
  String await(Duration deadline) {
    return Poll.require(
        "waiting until " + connected.size() + " proxies have acknowledged the new istiod",
        deadline,
        () -> {
          List<ProxySync> now = proxies();
          refuseRejected(now);
          Set<String> missing = new TreeSet<>(connected);
          missing.removeAll(ids(now, proxy -> true));
          Set<String> behind =
              ids(
                  now,
                  proxy ->
                      connected.contains(proxy.proxyId())
                          && !proxy.inSync()
                          && !rejecting.contains(proxy.proxyId()));
          if (missing.isEmpty() && behind.isEmpty()) {
            return Optional.of(connected.size() + " proxies");
          }
          throw new Poll.NotYet("not connected again: " + missing + ", not in sync: " + behind);
        });
  }

  /** An istiod that does not answer at this moment is asked again. */
  private List<ProxySync> proxies() throws Poll.NotYet {
    try {
      return istiod.proxies();
    } catch (PilothouseException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new Poll.NotYet(String.valueOf(e.getMessage()));
    }
  }

  private void refuseRejected(List<ProxySync> now) {
    for (ProxySync proxy : now) {
      if (proxy.rejected()
          && connected.contains(proxy.proxyId())
          && !rejecting.contains(proxy.proxyId())) {
        throw new PilothouseException(
            "waiting until the proxies have acknowledged the new istiod",
            "a proxy rejects what the new istiod sends" + System.lineSeparator() + proxy.table(),
            "",
            null,
            null);
      }
    }
  }

  private static Set<String> ids(List<ProxySync> proxies, Predicate<ProxySync> wanted) {
    return proxies.stream()
        .filter(wanted)
        .map(ProxySync::proxyId)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
