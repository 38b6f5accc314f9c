package dev.pilothouse.workload;

import dev.pilothouse.envoy.AdminConfigSource;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.workload.NoReplyException.Reason;
import dev.pilothouse.workload.WorkloadSpec.Role;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A workload whose Envoy is a process of this machine. */
final class ProcessWorkload implements LocalWorkload, Proxy {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessWorkload.class);
  private static final int TAIL_LINES = 10;

  private final WorkloadSpec spec;
  private final Site site;
  private final ManagedProcess process;
  private final AdminConfigSource config;
  private final URI admin;
  private final Undo undo;
  private final Consumer<AutoCloseable> whenClosed;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final RequestSender sender = new RequestSender();

  ProcessWorkload(
      WorkloadSpec spec,
      Site site,
      ManagedProcess process,
      URI admin,
      AdminConfigSource config,
      Undo undo,
      Consumer<AutoCloseable> whenClosed) {
    this.spec = spec;
    this.site = site;
    this.process = process;
    this.admin = admin;
    this.config = config;
    this.undo = undo;
    this.whenClosed = whenClosed;
  }

  @Override
  public WorkloadSpec spec() {
    return spec;
  }

  @Override
  public Proxy proxy() {
    return this;
  }

  @Override
  public String id() {
    return spec.proxyId();
  }

  @Override
  public URI admin() {
    return admin;
  }

  @Override
  public AdminConfigSource config() {
    return config;
  }

  @Override
  public List<String> logTail(int lines) {
    return process.logTail(lines);
  }

  @Override
  public InetSocketAddress outbound(int port) {
    if (spec.role() == Role.GATEWAY) {
      throw new IllegalStateException("no application is beside the gateway " + spec.proxyId());
    }
    return site.outbound(port);
  }

  @Override
  public InetSocketAddress inbound(int port) {
    return site.inbound(port);
  }

  @Override
  public HttpReply send(HttpCall call) {
    boolean gateway = spec.role() == Role.GATEWAY;
    InetSocketAddress address = gateway ? inbound(call.port()) : outbound(call.port());
    try {
      return sender.send(call, address);
    } catch (RequestSender.Failure e) {
      throw noReply(call, address, e);
    }
  }

  @Override
  public HttpReply await(HttpCall call, Predicate<HttpReply> wanted, Duration deadline) {
    return new ReplyWait(this::send, e -> hopeless(call, e))
        .await(spec.proxyId(), call, wanted, deadline);
  }

  private boolean hopeless(HttpCall call, NoReplyException e) {
    return !process.alive() || !mayListen(call.port()) || e.reason() == Reason.INTERRUPTED;
  }

  private NoReplyException noReply(
      HttpCall call, InetSocketAddress address, RequestSender.Failure failure) {
    String cameBack;
    String toDo = "";
    if (failure.reason() == Reason.INTERRUPTED) {
      Thread.currentThread().interrupt();
    }
    if (closed.get()) {
      cameBack = "the workload is closed";
    } else if (process.alive()) {
      cameBack = words(failure, call) + " (its Envoy's listener is " + text(address) + ")";
      toDo = failure.reason() == Reason.REFUSED ? refusedAdvice(call.port()) : "";
    } else {
      cameBack = exitText();
    }
    return new NoReplyException(
        failure.reason(),
        "sending " + call + " from " + spec.proxyId(),
        cameBack,
        toDo,
        null,
        failure.getCause());
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort(); // its toString() begins with a slash
  }

  private String exitText() {
    String newLine = System.lineSeparator();
    return "its Envoy has exited with code "
        + process.exitCode().orElse(-1)
        + newLine
        + "The end of its log:"
        + newLine
        + String.join(newLine, process.logTail(TAIL_LINES)).indent(2).stripTrailing();
  }

  private static String words(RequestSender.Failure failure, HttpCall call) {
    return switch (failure.reason()) {
      case REFUSED -> "nobody listens on that port";
      case CLOSED -> "the connection was closed before the answer: " + failure.getMessage();
      case DEADLINE -> "no complete answer within " + call.deadline().toMillis() + " ms";
      case INTERRUPTED -> "this thread was interrupted";
      case OTHER -> String.valueOf(failure.getMessage());
    };
  }

  private boolean mayListen(int port) {
    return spec.role() == Role.GATEWAY || site.serves(port);
  }

  private String refusedAdvice(int port) {
    if (spec.role() == Role.GATEWAY) {
      return "apply a Gateway that selects " + spec.labels() + " and has a server on port " + port;
    }
    if (!mayListen(port)) {
      return "this user may not listen on ports below 1024, so the Envoy has no such listener: use"
          + " a Service port from 1024, or run: sysctl -w net.ipv4.ip_unprivileged_port_start=0";
    }
    return "see that a Service has this port, that the workload may reach it (Sidecar, exportTo),"
        + " and that istiod has pushed it (Workload.await)";
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      whenClosed.accept(this);
      synchronized (undo) {
        undo.all((what, e) -> LOG.warn("Closing workload {}: {} failed", spec.proxyId(), what, e));
      }
    }
  }

  @Override
  public String toString() {
    return "Workload[%s, %s, admin %s]"
        .formatted(spec.proxyId(), spec.role().name().toLowerCase(Locale.ROOT), admin);
  }
}
