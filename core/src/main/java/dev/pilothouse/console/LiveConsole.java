package dev.pilothouse.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.Metrics.Sample;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.IstiodInstance;
import dev.pilothouse.istiod.ProxySync;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Asks the replicas that there are. */
final class LiveConsole implements IstiodConsole {
  private static final Pattern PUSHED = Pattern.compile("Pushed to (\\d+) servers");

  private final List<Istiod> istiods;

  /** The one replica that is asked, or null for all. */
  private final @Nullable String only;

  private LiveConsole(List<Istiod> istiods, @Nullable String only) {
    this.istiods = istiods;
    this.only = only;
  }

  static IstiodConsole of(Istiod istiod, Istiod[] more) {
    List<Istiod> all = new ArrayList<>(List.of(istiod));
    all.addAll(List.of(more));
    return new LiveConsole(all, null);
  }

  /** At least one. */
  private List<Replica> running() {
    List<Replica> running = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Istiod istiod : istiods) {
      for (IstiodInstance instance : istiod.instances()) {
        names.add(instance.name());
        if (only == null || only.equals(instance.name())) {
          running.add(new Replica(instance));
        }
      }
    }
    if (running.isEmpty()) {
      throw new PilothouseException(
          "asking istiod" + (only == null ? "" : " " + only),
          only == null ? "no replica runs" : "there is no such replica; running are " + names,
          "",
          null,
          null);
    }
    return running;
  }

  @Override
  public List<String> replicas() {
    return running().stream().map(Replica::name).toList();
  }

  @Override
  public IstiodConsole only(String replica) {
    return new LiveConsole(istiods, replica);
  }

  @Override
  public List<IstiodBuild> builds() {
    return running().stream().map(LiveConsole::build).toList();
  }

  private static IstiodBuild build(Replica replica) {
    JsonNode version = replica.controlZ("/versionj/");
    // Arguments, each ended by a zero byte.
    String flags = replica.text("/debug/pprof/cmdline");
    return new IstiodBuild(
        replica.name(),
        version.path("version").asText(),
        version.path("revision").asText(),
        version.path("tag").asText(),
        version.path("status").asText(),
        version.path("golang_version").asText(),
        List.of(flags.split("\0", -1)));
  }

  @Override
  public List<ProxyStatus> proxyStatus() {
    List<ProxyStatus> all = new ArrayList<>();
    for (Replica replica : running()) {
      List<ProxySync> proxies = ProxySync.parse(replica.text("/debug/syncz"));
      Instant now = Instant.now();
      proxies.forEach(proxy -> all.add(new ProxyStatus(replica.name(), proxy, now)));
    }
    all.sort(Comparator.comparing(ProxyStatus::proxyId)); // stable: the newest of one is the last
    return all;
  }

  @Override
  public ProxyStatus proxyStatus(String proxyId) {
    List<ProxyStatus> all = proxyStatus();
    return all.stream()
        .filter(status -> status.proxyId().equals(proxyId))
        .reduce((first, second) -> second)
        .orElseThrow(
            () ->
                ProxyQuestion.unknown(
                    "asking istiod how far " + proxyId + " has followed",
                    proxyId,
                    all.stream().map(ProxyStatus::proxyId).toList()));
  }

  @Override
  public IstiodDebug debug() {
    return new LiveDebug(this::running);
  }

  @Override
  public int push() {
    int connections = 0;
    for (Replica replica : running()) {
      String path = "/debug/adsz?push=true";
      String answer = replica.text(path);
      Matcher pushed = PUSHED.matcher(answer);
      if (!pushed.find()) {
        throw new PilothouseException(
            "making istiod " + replica.name() + " push", answer.strip(), "", replica.log(), null);
      }
      connections += Integer.parseInt(pushed.group(1));
    }
    return connections;
  }

  @Override
  public Metrics metrics() {
    List<Sample> all = new ArrayList<>();
    Instant takenAt = Instant.now();
    for (Replica replica : running()) {
      takenAt = Instant.now();
      for (Sample sample : Metrics.parse(replica.text("/metrics"), takenAt).samples()) {
        Map<String, String> labels = new HashMap<>(sample.labels());
        labels.put("replica", replica.name());
        all.add(new Sample(sample.metric(), sample.kind(), sample.name(), labels, sample.value()));
      }
    }
    return new Metrics(takenAt, all);
  }

  @Override
  public List<LogScope> logScopes() {
    return running().stream()
        .flatMap(replica -> ScopeLevels.read(replica).stream())
        .sorted(Comparator.comparing(LogScope::name).thenComparing(LogScope::replica))
        .toList();
  }

  @Override
  public LogScopeChange setLogLevels(Map<String, String> levels) {
    return ScopeLevels.change(running(), this::stillRunning, levels);
  }

  /** Unlike {@link #running}, none is a good answer. */
  private List<String> stillRunning() {
    return istiods.stream()
        .flatMap(istiod -> istiod.instances().stream())
        .map(IstiodInstance::name)
        .toList();
  }

  @Override
  public List<LogEntry> log(Predicate<LogLine> filter) {
    return running().stream()
        .flatMap(replica -> TailedLog.whole(replica.name(), replica.log()).stream())
        .filter(entry -> filter.test(entry.line()))
        .sorted(Comparator.comparing(entry -> entry.line().time()))
        .toList();
  }

  @Override
  public LogStream followLog(Predicate<LogLine> filter) {
    return FollowedLogs.begin(this::running, filter);
  }

  @Override
  public List<Path> cpuProfile(Duration length, Path directory) {
    long seconds = length.toSeconds();
    if (seconds < 1) {
      throw new IllegalArgumentException("a profile takes at least a second, not " + length);
    }
    return new Profiles(running(), directory)
        .fetch("cpu", "/debug/pprof/profile?seconds=" + seconds, length);
  }

  @Override
  public List<Path> profile(Profile profile, Path directory) {
    Profiles profiles = new Profiles(running(), directory);
    return switch (profile) {
      case HEAP -> profiles.fetch("heap", "/debug/pprof/heap?gc=1", Duration.ZERO);
      case ALLOCS -> profiles.fetch("allocs", "/debug/pprof/allocs", Duration.ZERO);
      case GOROUTINE -> profiles.fetch("goroutine", "/debug/pprof/goroutine", Duration.ZERO);
      case BLOCK -> profiles.fetch("block", "/debug/pprof/block", Duration.ZERO);
      case MUTEX -> profiles.fetch("mutex", "/debug/pprof/mutex", Duration.ZERO);
    };
  }

  /** As {@code IstiodConsole[istiod]}. */
  @Override
  public String toString() {
    return "IstiodConsole" + replicas();
  }
}
