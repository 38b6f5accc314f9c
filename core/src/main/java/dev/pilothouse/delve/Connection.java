package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.delve.ide.IdeAttachment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session has at its Delve, from the first connection to the last: it comes again after a
 * restart, and leaves nothing when it ends.
 */
final class Connection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final Duration TO_RESCUE = Duration.ofSeconds(10);
  private static final Duration TO_GO_ON = Duration.ofSeconds(5);
  private static final int TO_DETACH = 100;

  private final Peer peer;
  private final DelveOptions options;
  private final Optional<AttachedDelve> attached;
  private final Owner owner = Owner.open();
  private final AtomicInteger numbers = new AtomicInteger();
  private final ScheduledThreadPoolExecutor helper;
  private final OwnBreakpoints own;
  private final RunControl control;
  private final Places places;
  private final Object coming = new Object();
  private volatile Reading reading;
  private volatile boolean closed;

  private Connection(Peer peer, DelveOptions options, Optional<AttachedDelve> attached, Link link) {
    this.peer = peer;
    this.options = options;
    this.attached = attached;
    this.reading = new Reading(options.paths());
    this.helper = helper(address().getPort());
    this.own = new OwnBreakpoints(helper, reading, this::lost);
    this.control = new RunControl(link, options.callPatience(), helper, own);
    own.controlledBy(control);
    this.places = new Places(control, options);
  }

  private static ScheduledThreadPoolExecutor helper(int port) {
    ScheduledThreadPoolExecutor helper =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "pilothouse-delve-" + port);
              thread.setDaemon(true);
              return thread;
            });
    helper.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return helper;
  }

  /**
   * Connects to a Delve.
   *
   * @param attached the Delve, if it was started for this
   */
  static Connection open(
      String tried, Peer peer, DelveOptions options, Optional<AttachedDelve> attached) {
    Link link = Handshake.connect(tried, peer, options.connectPatience(), options, attached);
    Connection connection = new Connection(peer, options, attached, link);
    boolean begun = false;
    try {
      connection.begin(tried, link, () -> {});
      begun = true;
      return connection;
    } finally {
      if (!begun) {
        connection.drop();
      }
    }
  }

  InetSocketAddress address() {
    return peer.address();
  }

  DelveOptions options() {
    return options;
  }

  RunControl control() {
    return control;
  }

  OwnBreakpoints own() {
    return own;
  }

  Places places() {
    return places;
  }

  Reading reading() {
    return reading;
  }

  /** A name for a breakpoint that tells that it is ours. */
  String nextName() {
    return owner.name(numbers.incrementAndGet());
  }

  IdeAttachment ide() {
    return new IdeAttachment(address().getHostString(), address().getPort(), places.paths());
  }

  JsonNode json(List<JsonNode> nodes) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    nodes.forEach(array::add);
    return array;
  }

  /** Waits until the helper has done what was to be done so far. */
  void awaitHelper() {
    String tried = "reading the hits";
    try {
      helper.submit(() -> {}).get(options.callPatience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DelveException(Kind.INTERRUPTED, tried, "this thread was interrupted", "", e);
    } catch (TimeoutException e) {
      throw new DelveException(Kind.TIMEOUT, tried, "they are too many", "", e);
    } catch (ExecutionException | RejectedExecutionException e) {
      throw new DelveException(Kind.CLOSED, tried, "the session is closed", "", e);
    }
  }

  /** Connects again, and sets again what was set. */
  void again(Duration deadline, Setter setter) {
    String tried = "connecting to Delve at " + address() + " again";
    synchronized (coming) {
      Link link = Handshake.connect(tried, peer, deadline, options, attached);
      control.link().close();
      List<OwnBreakpoint> before = setter.displace();
      places.forget();
      List<DelveException> displaced = new ArrayList<>();
      begin(tried, link, () -> displaced.addAll(setter.placeAgain(before)));
      Setter.requireNone(tried, displaced);
    }
  }

  private void begin(String tried, Link link, Runnable more) {
    control.begin(tried, link);
    boolean leftStopped =
        control.whileStopped(
            tried,
            () -> {
              boolean others = Leftovers.sweep(control);
              boolean found = Leftovers.takeOutAll(control, owner) || others;
              Leftovers.mark(control, owner);
              reading = new Reading(places.paths());
              own.readWith(reading);
              more.run();
              return found && control.standing() == Runs.Standing.STOPPED_BY_OTHERS;
            });
    if (leftStopped && !atOthersBreakpoint(tried)) {
      LOG.info("Letting the program go on, which a session that is gone has left stopped");
      control.resume(tried);
    }
  }

  /** Whether the program is stopped at a breakpoint that somebody still has. */
  private boolean atOthersBreakpoint(String tried) {
    return control.whileStopped(
        tried,
        () -> {
          JsonNode list = Leftovers.list(control);
          return control.link().stateNow(tried).atBreakpoints().stream()
              .map(thread -> thread.path("breakPoint").path("id").asInt())
              .anyMatch(id -> list.valueStream().anyMatch(b -> b.path("id").asInt() == id));
        });
  }

  /** The connection has ended by itself: the program must not stay stopped because of us. */
  private void lost(DelveException why) {
    boolean cut = why.kind() == Kind.CONNECTION || why.kind() == Kind.PROTOCOL;
    if (cut && !closed) {
      try {
        helper.execute(this::rescue);
      } catch (RejectedExecutionException e) {
        LOG.debug("The session is being closed, which does the same", e);
      }
    }
  }

  private void rescue() {
    String tried = "taking out our breakpoints after the connection has ended";
    synchronized (coming) {
      if (control.ended() == null) {
        return; // It has come again.
      }
      try {
        rescue(tried, Handshake.connect(tried, peer, TO_RESCUE, options, attached));
      } catch (DelveException e) {
        LOG.debug("{}: {}", tried, e.getMessage());
      }
    }
  }

  private void rescue(String tried, Link link) {
    ScheduledThreadPoolExecutor other = helper(address().getPort());
    OwnBreakpoints nothing = new OwnBreakpoints(other, reading, end -> {});
    RunControl once = new RunControl(link, options.callPatience(), other, nothing);
    nothing.controlledBy(once);
    try {
      once.begin(tried, link);
      once.runs().addStrayCalls(control.runs().strayCalls());
      boolean found = once.whileStopped(tried, () -> Leftovers.takeOutAll(once, owner));
      if (found && once.standing() == Runs.Standing.STOPPED_BY_OTHERS) {
        once.resume(tried);
      }
      once.awaitRunning(TO_GO_ON);
    } finally {
      afterStrayCalls(
          once,
          () -> {
            once.end(new DelveException(Kind.CLOSED, tried, "done", "", null));
            link.close();
            other.shutdown();
          });
    }
  }

  /**
   * When a call returns that nobody waits for any more, Delve stops the program: somebody has to be
   * there to let it go on.
   */
  private void afterStrayCalls(RunControl which, Runnable action) {
    if (which.awaitStrayCalls(TO_GO_ON)) {
      action.run();
      return;
    }
    LOG.warn("A call that was injected into the program goes on; we wait until it returns");
    Thread waiting =
        new Thread(
            () -> {
              var unused = which.awaitStrayCalls(Duration.ofDays(1));
              action.run();
            },
            "pilothouse-delve-call-" + address().getPort());
    waiting.setDaemon(true);
    waiting.start();
  }

  @Override
  public void close() {
    closed = true;
    boolean interrupted = Thread.interrupted();
    String tried = "ending the debug session with " + address();
    try {
      DelveException why = control.ended();
      if (why == null) {
        release(tried);
      } else if (why.kind() != Kind.EXITED) {
        rescue();
      }
    } catch (DelveException e) {
      if (e.kind() != Kind.EXITED) {
        LOG.warn("{}", e.getMessage());
      }
    } finally {
      afterStrayCalls(control, this::end);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void release(String tried) {
    control.breakIn();
    control.whileStopped(
        tried,
        () -> {
          Leftovers.takeOutAll(control, owner);
          own.clear();
          detach(tried);
          return tried;
        });
    goOn(tried);
  }

  private void goOn(String tried) {
    if (control.ended() == null) {
      if (control.standing() == Runs.Standing.STOPPED) {
        control.resume(tried);
      }
      control.awaitRunning(TO_GO_ON);
    }
  }

  /**
   * Within {@link RunControl#whileStopped}. Does nothing while a call is in the program, or a
   * signal on its way by which Delve stops it: it would die of either.
   */
  private void detach(String tried) {
    if (attached.isPresent()
        && control.runs().strayCalls() == 0
        && !attached.get().signalPending()) {
      control.ask(tried, "Detach", Requests.none().put("Kill", false));
      control.end(new DelveException(Kind.CLOSED, tried, "it is closed", "", null));
    }
  }

  private void end() {
    String tried = "ending the debug session with " + address();
    try {
      for (int i = 0; i < TO_DETACH && attached.isPresent() && control.ended() == null; i++) {
        // It runs in between, and Delve takes the signal up.
        control.whileStopped(
            tried,
            () -> {
              detach(tried);
              return tried;
            });
        goOn(tried);
      }
    } catch (DelveException e) {
      LOG.warn("{}", e.getMessage());
    } finally {
      drop();
    }
  }

  /** Lets go of everything on this side. */
  private void drop() {
    control.end(new DelveException(Kind.CLOSED, "debugging", "the session is closed", "", null));
    control.link().close();
    helper.shutdown();
    owner.close();
    attached.ifPresent(AttachedDelve::close);
  }
}
