package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.ReadLimits;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The admin interface of a running Envoy. Immutable and safe for use by several threads.
 *
 * <pre>{@code
 * EnvoyAdmin admin = EnvoyAdmin.at(URI.create("http://127.0.0.1:15000"));
 * admin.stats("cluster_manager.cds").get("cluster_manager.cds.update_rejected");
 * try (LogLevelChange debug = admin.setLogLevels(Map.of("http", LogLevel.DEBUG))) {
 *   // as before when the block ends
 * }
 * }</pre>
 *
 * <p>Every method throws an {@link EnvoyConfigException} when nobody answers in time, when the
 * answer is larger than the limits allow, and when Envoy refuses, with its status and its words.
 * Nothing here ends Envoy: {@code /quitquitquit} is left to those who write it out, by {@link
 * #endpoint()}; so are the paths for Envoy's own developers, as {@code /cpuprofiler}.
 *
 * <p>Tested against each minor version of Envoy from 1.36 to 1.40.
 */
public interface EnvoyAdmin {
  /**
   * The admin interface at an address, with {@link ReadLimits#DEFAULT}; nothing is sent.
   *
   * @param admin as {@code http://127.0.0.1:15000}
   * @return the interface
   * @throws IllegalArgumentException if it is not an http address
   */
  static EnvoyAdmin at(URI admin) {
    return at(admin, ReadLimits.DEFAULT);
  }

  /**
   * The admin interface at an address; nothing is sent.
   *
   * @param admin as {@code http://127.0.0.1:15000}
   * @param limits how large each answer may be and how long each request may take
   * @return the interface
   * @throws IllegalArgumentException if it is not an http address
   */
  static EnvoyAdmin at(URI admin, ReadLimits limits) {
    return new HttpEnvoyAdmin(AdminEndpoint.at(admin), limits);
  }

  /**
   * Its address, and plain requests to it.
   *
   * @return the endpoint
   */
  AdminEndpoint endpoint();

  /**
   * Whether Envoy has started and takes connections.
   *
   * @return false while it initializes or drains
   */
  boolean ready();

  /**
   * What Envoy is and how it was started.
   *
   * @return the state of this moment
   */
  ServerInfo serverInfo();

  /**
   * Counters and gauges, in one request. See {@link #stats(StatsQuery)} for those and the others,
   * told apart.
   *
   * @param regex an RE2 expression that a part of the name matches; empty for all
   * @return names and values; histograms and texts are left out
   */
  SortedMap<String, Long> stats(String regex);

  /**
   * Statistics, told apart by kind. Envoy's answers do not name a statistic's kind, so this is one
   * request for each kind: not all of it is of the same moment.
   *
   * @param query which statistics
   * @return the statistics
   */
  Stats stats(StatsQuery query);

  /**
   * Statistics in Prometheus' text format, as Envoy writes it.
   *
   * @param query which statistics; Envoy gives those of all numeric kinds whichever are asked for,
   *     and texts, as labels, if {@link Stats.Kind#TEXT_READOUT} is among them
   * @return the text
   */
  String prometheus(StatsQuery query);

  /**
   * The whole configuration, endpoints included.
   *
   * @return the same as reading {@link dev.pilothouse.envoy.ConfigSource#admin}
   */
  EnvoyConfig config();

  /**
   * A part of the configuration.
   *
   * @param query which part
   * @return what Envoy answered; without any resource when that part is empty
   */
  EnvoyConfig config(ConfigDumpQuery query);

  /**
   * The clusters as Envoy uses them at this moment, each with its hosts. Envoy leaves out those
   * that are warming.
   *
   * @return in Envoy's order
   */
  List<ClusterStatus> clusters();

  /**
   * The listeners that are active, with the ports that they really have.
   *
   * @return in Envoy's order
   */
  List<ListenerStatus> listeners();

  /**
   * The certificates that Envoy's TLS contexts hold at this moment.
   *
   * @return one for each TLS context's certificates
   */
  List<CertificateStatus> certificates();

  /**
   * What Envoy still waits for before it is ready: empty once it has everything.
   *
   * @return the waiting components
   */
  List<UnreadyTargets> unreadyTargets();

  /**
   * How much memory Envoy has.
   *
   * @return the state of this moment
   */
  MemoryUsage memory();

  /**
   * The runtime values, layer by layer.
   *
   * @return the state of this moment
   */
  RuntimeValues runtime();

  /**
   * Sets values in the admin layer of the runtime, which is on top of what files and control plane
   * say. They hold until Envoy ends or they are removed.
   *
   * @param values the values by key; an empty value removes what was set before
   * @throws EnvoyConfigException also if the bootstrap's runtime has no admin layer
   * @throws IllegalArgumentException if there are no values
   */
  void modifyRuntime(Map<String, String> values);

  /**
   * The level of every logger.
   *
   * @return by the logger's name
   */
  SortedMap<String, LogLevel> logLevels();

  /**
   * Sets every logger to one level until the handle is closed.
   *
   * @param level the level
   * @return the handle that sets each logger back to the level that it had
   * @throws EnvoyConfigException also if Envoy was started with {@code
   *     --enable-fine-grain-logging}, whose loggers cannot be set back; then none is changed
   */
  LogLevelChange setLogLevel(LogLevel level);

  /**
   * Sets some loggers' levels until the handle is closed.
   *
   * @param levels the levels by the loggers' names, as {@code http} and {@code router}
   * @return the handle that sets each of them back to the level that it had
   * @throws EnvoyConfigException also if Envoy has no logger of a name, or was started with {@code
   *     --enable-fine-grain-logging}; then none is changed
   * @throws IllegalArgumentException if there are no levels
   */
  LogLevelChange setLogLevels(Map<String, LogLevel> levels);

  /**
   * Lets listeners drain. There is no way back: a stopped listener stays stopped, and Envoy takes
   * no new listeners of a direction that was stopped. Envoy itself goes on.
   *
   * @param drain how
   */
  void drainListeners(Drain drain);

  /**
   * Lets the health check filter answer that Envoy is not healthy, until {@link
   * #passHealthChecks()}.
   */
  void failHealthChecks();

  /** Takes {@link #failHealthChecks()} back. */
  void passHealthChecks();

  /** Sets all counters to zero, for everybody who reads them here. */
  void resetCounters();
}
