package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.ConfigDump;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.ReadLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What can be asked of a proxy, on top of its session. */
final class AdsClient implements XdsClient {
  private static final EnvoyConfigInspector INSPECTOR = EnvoyConfigInspector.create();

  private final SharedFleet fleet;
  private final SharedFleet.Connection connection;
  private final XdsOptions options;
  private final boolean alone;
  private final AdsSession session;
  private volatile @Nullable Snapshot snapshot;

  /** What was held after so many changes. */
  private record Snapshot(long changes, EnvoyConfig config) {}

  /** The source of a snapshot. */
  private record Held(String describe, Map<String, String> labels, ConfigDump dump)
      implements ConfigSource {
    @Override
    public ConfigDump fetch(ReadLimits limits) {
      return dump;
    }
  }

  /**
   * Makes a client that has not connected.
   *
   * @param alone whether the fleet ends with it
   */
  AdsClient(
      SharedFleet fleet, SharedFleet.Connection connection, XdsOptions options, boolean alone) {
    this.fleet = fleet;
    this.connection = connection;
    this.options = options;
    this.alone = alone;
    this.session = new AdsSession(fleet, connection, options);
  }

  void start() {
    session.connect();
  }

  @Override
  public XdsNode node() {
    return options.node();
  }

  @Override
  public Map<String, String> labels() {
    return options.labels();
  }

  @Override
  public String describe() {
    return options.node() + " at " + fleet.server();
  }

  @Override
  public ConfigDump fetch(ReadLimits limits) {
    waitFor("an answer to everything that was asked for", limits.timeout())
        .until(() -> session.answeredOnce() ? Boolean.TRUE : null);
    return dump();
  }

  private ConfigDump dump() {
    return ConfigDump.ofResources(session.read(HeldConfig::of));
  }

  @Override
  public EnvoyConfig config() {
    long changes = session.changes();
    Snapshot last = snapshot;
    if (last == null || last.changes() != changes) {
      last = new Snapshot(changes, INSPECTOR.read(new Held(describe(), labels(), dump())));
      snapshot = last;
    }
    return last.config();
  }

  @Override
  public List<XdsResource> resources(String typeUrl) {
    return session.read(
        holdings -> {
          Subscription subscription = holdings.subscription(typeUrl);
          return subscription == null ? List.of() : subscription.resources();
        });
  }

  @Override
  public XdsStatus status() {
    return session.status();
  }

  @Override
  public List<XdsResponse> responses() {
    return session.readLog(ResponseLog::all);
  }

  @Override
  public long position() {
    return session.readLog(ResponseLog::position);
  }

  @Override
  public List<XdsResponse> responsesAfter(long position) {
    return session.readLog(log -> log.after(position));
  }

  @Override
  public EnvoyConfig awaitAnswered(Duration deadline) {
    return waitFor("an answer to everything that was asked for", deadline)
        .until(() -> status().answered() ? config() : null);
  }

  @Override
  public EnvoyConfig await(Predicate<EnvoyConfig> wanted, Duration deadline) {
    ClientWait wait = waitFor("the wanted configuration", deadline);
    return wait.until(
        () -> {
          EnvoyConfig config = config();
          wait.note(config, null);
          try {
            return wanted.test(config) ? config : null;
          } catch (RuntimeException | AssertionError e) {
            // Not yet: a condition may look into something that has not come.
            wait.note(config, e);
            return null;
          }
        });
  }

  @Override
  public XdsResponse awaitResponse(long after, Predicate<XdsResponse> wanted, Duration deadline) {
    return waitFor("a response after #" + after, deadline)
        .until(
            () ->
                (after == 0 ? responses() : responsesAfter(after))
                    .stream().filter(wanted).findFirst().orElse(null));
  }

  @Override
  public XdsResponse requireNothingPushed(
      long after,
      Predicate<XdsResponse> unwanted,
      Predicate<XdsResponse> marker,
      Duration deadline) {
    return waitFor("the marker after #" + after, deadline)
        .until(
            () -> {
              for (XdsResponse response : responsesAfter(after)) {
                requireWanted(response, unwanted, "before the marker");
                if (marker.test(response)) {
                  return response;
                }
              }
              return null;
            });
  }

  @Override
  public void requireNothingPushedFor(
      long after, Predicate<XdsResponse> unwanted, Duration stretch) {
    int streams = status().streams();
    ClientWait wait = waitFor("nothing to be pushed", stretch);
    wait.throughout(
        () -> {
          responsesAfter(after)
              .forEach(response -> requireWanted(response, unwanted, "in " + stretch));
          XdsStatus status = status();
          if (!status.open() || status.streams() != streams) {
            throw wait.failure(
                "the stream was not open all the time, so silence proves nothing", null);
          }
        });
  }

  private void requireWanted(XdsResponse response, Predicate<XdsResponse> unwanted, String when) {
    if (unwanted.test(response)) {
      throw new EnvoyConfigException(
          describe() + ", making sure that nothing is pushed " + when,
          "this was pushed: " + response + System.lineSeparator() + XdsTable.names(response),
          "",
          null);
    }
  }

  @Override
  public void check(XdsCheck check) {
    session.check(check);
  }

  @Override
  public void reconnect() {
    session.connect();
  }

  @Override
  public String table() {
    return XdsTable.of(this);
  }

  @Override
  public void close() {
    session.close();
    fleet.release(this, connection);
    if (alone) {
      fleet.close();
    }
  }

  private ClientWait waitFor(String what, Duration deadline) {
    return new ClientWait(this, session, what, deadline);
  }

  /** Whom it claims to be, and how it stands. */
  @Override
  public String toString() {
    return "XdsClient[" + describe() + ": " + status() + "]";
  }
}
