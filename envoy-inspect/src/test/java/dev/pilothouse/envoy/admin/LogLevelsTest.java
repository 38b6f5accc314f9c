package dev.pilothouse.envoy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.live.RealEnvoy;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The loggers of a real Envoy whose levels differ from the start. */
class LogLevelsTest {
  private static RealEnvoy envoy;
  private static EnvoyAdmin admin;

  @BeforeAll
  static void start() {
    envoy = RealEnvoy.start("-l", "warning", "--component-log-level", "http:critical,router:trace");
    admin = EnvoyAdmin.at(envoy.admin());
  }

  @AfterAll
  static void stop() {
    envoy.close();
  }

  @Test
  void setsAllAndRestoresEach() {
    SortedMap<String, LogLevel> before = admin.logLevels();
    assertThat(before)
        .containsEntry("http", LogLevel.CRITICAL)
        .containsEntry("router", LogLevel.TRACE)
        .containsEntry("admin", LogLevel.WARNING);

    try (LogLevelChange change = admin.setLogLevel(LogLevel.OFF)) {
      assertThat(change.before()).isEqualTo(before);
      assertThat(admin.logLevels()).hasSameSizeAs(before);
      assertThat(admin.logLevels().values()).containsOnly(LogLevel.OFF);
    }

    assertThat(admin.logLevels()).isEqualTo(before);
  }

  @Test
  void setsSomeAndRestoresThoseAlone() {
    SortedMap<String, LogLevel> before = admin.logLevels();
    LogLevelChange other = admin.setLogLevels(Map.of("admin", LogLevel.ERROR));

    try (LogLevelChange change =
        admin.setLogLevels(Map.of("http", LogLevel.DEBUG, "router", LogLevel.INFO))) {
      assertThat(change.before())
          .isEqualTo(Map.of("http", LogLevel.CRITICAL, "router", LogLevel.TRACE));
      assertThat(admin.logLevels())
          .containsEntry("http", LogLevel.DEBUG)
          .containsEntry("router", LogLevel.INFO)
          .containsEntry("admin", LogLevel.ERROR);
      assertThat(change).hasToString("LogLevelChange[2 loggers]");
    }

    assertThat(admin.logLevels()).containsEntry("admin", LogLevel.ERROR);
    other.close();
    assertThat(admin.logLevels()).isEqualTo(before);
  }

  @Test
  void closingTwiceRestoresOnce() {
    LogLevelChange change = admin.setLogLevels(Map.of("http2", LogLevel.DEBUG));
    change.close();

    try (LogLevelChange later = admin.setLogLevels(Map.of("http2", LogLevel.INFO))) {
      change.close();
      assertThat(later.before()).containsEntry("http2", LogLevel.WARNING);
      assertThat(admin.logLevels()).containsEntry("http2", LogLevel.INFO);
    }
  }

  @Test
  void anUnknownLoggerChangesNothing() {
    SortedMap<String, LogLevel> before = admin.logLevels();

    assertThatThrownBy(
            () -> admin.setLogLevels(Map.of("http", LogLevel.DEBUG, "no-such", LogLevel.DEBUG)))
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("HTTP 400: error: unknown logger name");
    assertThatThrownBy(() -> admin.setLogLevels(Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(admin.logLevels()).isEqualTo(before);
  }

  @Test
  void fineGrainLoggersAreLeftAlone() {
    try (RealEnvoy fine = RealEnvoy.start("--enable-fine-grain-logging")) {
      EnvoyAdmin fineAdmin = EnvoyAdmin.at(fine.admin());

      assertThat(fineAdmin.logLevels().keySet()).allMatch(name -> name.contains("/"));
      assertThatThrownBy(() -> fineAdmin.setLogLevel(LogLevel.DEBUG))
          .isInstanceOf(EnvoyConfigException.class)
          .hasMessageContaining("its loggers cannot be set back");
    }
  }

  @Test
  void anEnvoyThatIsGoneIsNamed() {
    RealEnvoy other = RealEnvoy.start();
    LogLevelChange change = EnvoyAdmin.at(other.admin()).setLogLevel(LogLevel.ERROR);
    other.close();

    assertThatThrownBy(change::close)
        .isInstanceOf(EnvoyConfigException.class)
        .hasMessageContaining("POST " + other.admin() + "/logging");
  }
}
