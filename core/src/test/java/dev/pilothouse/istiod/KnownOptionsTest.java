package dev.pilothouse.istiod;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KnownOptionsTest {
  private static final KnownOptions KNOWN =
      KnownOptions.read(Recorded.text("help.txt"), Recorded.text("manual.html"));

  private static final IstiodSpec SPEC = IstiodSpec.defaults();

  @Test
  void readsWhatIstiodSaysItKnows() {
    assertThat(KNOWN.flags())
        .contains("httpAddr", "log_output_level", "kubernetesApiQPS", "namespace", "vklog")
        .hasSizeGreaterThan(30);
    assertThat(KNOWN.scopes()).contains("ads", "delta", "default", "all", "ip-autoallocate");
    assertThat(KNOWN.levels())
        .containsExactlyInAnyOrder("debug", "info", "warn", "error", "fatal", "none");
    assertThat(KNOWN.variables())
        .containsEntry("PILOT_DEBOUNCE_AFTER", "Time Duration")
        .containsEntry("PILOT_ENABLE_ALPN_FILTER", "Boolean")
        .containsEntry("PILOT_PUSH_THROTTLE", "Integer")
        .containsEntry("PILOT_TRACE_SAMPLING", "Floating-Point")
        .containsEntry("ISTIOD_CUSTOM_HOST", "String");
  }

  @Test
  void takesWhatIsKnown() {
    IstiodSpec spec =
        SPEC.withArguments("--kubernetesApiQPS=200", "--domain", "example.org", "--profile=false")
            .withEnvironment("PILOT_DEBOUNCE_AFTER", "1m0.5s")
            .withEnvironment("PILOT_TRACE_SAMPLING", "12.5")
            .withEnvironment("PILOT_ENABLE_ALPN_FILTER", "T")
            .withLogLevel("ads", "debug")
            .withLogLevel("default", "warn");
    assertThat(KNOWN.complaints(spec)).isEmpty();
  }

  @Test
  void namesTheFlagThatWasPerhapsMeant() {
    assertThat(KNOWN.complaints(SPEC.withArguments("--kubernetesApiQps=10", "--frobnicate")))
        .containsExactly(
            "it knows no flag --kubernetesApiQps (did you mean kubernetesApiQPS?)",
            "it knows no flag --frobnicate");
  }

  @Test
  void refusesFlagsWithOneDash() {
    assertThat(KNOWN.complaints(SPEC.withArguments("-domain=x")))
        .containsExactly("-domain=x is no flag that it knows; flags have two dashes");
  }

  @Test
  void refusesWhatPilothouseSetsItself() {
    IstiodSpec spec =
        SPEC.withArguments("--httpAddr=:8080", "-n", "other")
            .withEnvironment(Map.of("POD_NAME", "x"));
    assertThat(KNOWN.complaints(spec))
        .containsExactly(
            "--httpAddr is set by Pilothouse: the ports are allotted",
            "--namespace is set by Pilothouse: set the environment variable POD_NAMESPACE",
            "POD_NAME is set by Pilothouse: use IstiodSpec.withName");
  }

  @Test
  void refusesUnknownVariablesThatLookLikeIstiods() {
    assertThat(KNOWN.complaints(SPEC.withEnvironment("PILOT_DEBOUNCE_AFTR", "1ms")))
        .singleElement()
        .asString()
        .startsWith("it knows no environment variable PILOT_DEBOUNCE_AFTR (did you mean")
        .contains("PILOT_DEBOUNCE_AFTER");
    assertThat(KNOWN.complaints(SPEC.withEnvironment("PILOT_FLUX", "1")))
        .containsExactly("it knows no environment variable PILOT_FLUX");
  }

  @Test
  void leavesOtherVariablesAlone() {
    assertThat(KNOWN.complaints(SPEC.withEnvironment("GODEBUG", "gctrace=1"))).isEmpty();
  }

  @Test
  void refusesValuesOfAnotherType() {
    assertThat(KNOWN.complaints(SPEC.withEnvironment("PILOT_ENABLE_ALPN_FILTER", "perhaps")))
        .containsExactly("it takes a boolean for PILOT_ENABLE_ALPN_FILTER, not \"perhaps\"");
    assertThat(KNOWN.complaints(SPEC.withEnvironment("PILOT_DEBOUNCE_AFTER", "100")))
        .containsExactly("it takes a time duration for PILOT_DEBOUNCE_AFTER, not \"100\"");
    assertThat(KNOWN.complaints(SPEC.withEnvironment("PILOT_PUSH_THROTTLE", "1.5")))
        .containsExactly("it takes an integer for PILOT_PUSH_THROTTLE, not \"1.5\"");
  }

  @Test
  void refusesUnknownScopesAndLevels() {
    assertThat(KNOWN.complaints(SPEC.withLogLevel("adz", "debugg")))
        .hasSize(2)
        .anySatisfy(
            text -> assertThat(text).contains("no log scope adz (did you mean").contains("ads"))
        .contains("it knows no log level debugg, only [debug, error, fatal, info, none, warn]");
  }

  @Test
  void anIstiodWithoutManualIsNotAsked() {
    KnownOptions withoutManual = KnownOptions.read(Recorded.text("help.txt"), "");
    assertThat(withoutManual.complaints(SPEC.withEnvironment("PILOT_FLUX", "1"))).isEmpty();
  }

  @Test
  void aPlainSpecificationConcernsNobody() {
    assertThat(KnownOptions.concern(SPEC)).isFalse();
    assertThat(KnownOptions.concern(SPEC.withLogLevel("ads", "debug"))).isTrue();
  }
}
