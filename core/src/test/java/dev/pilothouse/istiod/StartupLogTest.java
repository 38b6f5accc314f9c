package dev.pilothouse.istiod;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines are istiod's own. */
class StartupLogTest {
  @Test
  void theReasonIsWhatItPrintedAsError() {
    assertThat(
            StartupLog.exitReason(
                List.of(
                    "2026-11-22T02:07:28.920038Z\tinfo\tads\tAll caches have been synced up",
                    "Error: failed to start discovery service: listen tcp 127.0.0.1:39401: bind:"
                        + " address already in use",
                    "2026-11-22T02:07:28.920184Z\terror\tfailed to start discovery service: listen"
                        + " tcp 127.0.0.1:39401: bind: address already in use")))
        .isEqualTo(
            "failed to start discovery service: listen tcp 127.0.0.1:39401: bind: address already"
                + " in use");
  }

  @Test
  void aReasonMayGoOnOverLines() {
    assertThat(
            StartupLog.exitReason(
                List.of(
                    "Error: failed to create discovery service: error initializing kube client:"
                        + " failed reading mesh config: 2 errors occurred:",
                    "\t* invalid proxy config: invalid discovery address: nope",
                    "\t* trustDomain: trust domain name \"##bad\" invalid",
                    "",
                    "2026-11-22T02:07:23.403487Z\terror\tfailed to create discovery service")))
        .endsWith(
            "2 errors occurred: * invalid proxy config: invalid discovery address: nope"
                + " * trustDomain: trust domain name \"##bad\" invalid");
  }

  @Test
  void aFatalLineIsAReason() {
    assertThat(
            StartupLog.exitReason(
                List.of(
                    "2026-11-22T02:07:32.7Z\terror\tklog\terror retrieving resource lock",
                    "2026-11-22T02:07:32.726331Z\tfatal\tPILOT_CERT_PROVIDER=kubernetes is no"
                        + " longer supported by upstream K8S")))
        .isEqualTo("PILOT_CERT_PROVIDER=kubernetes is no longer supported by upstream K8S");
  }

  @Test
  void aPanicIsAReasonWithoutItsStack() {
    assertThat(
            StartupLog.exitReason(
                List.of(
                    "panic: runtime error: invalid memory address or nil pointer dereference",
                    "[signal SIGSEGV: segmentation violation code=0x1 addr=0x28 pc=0x2b9f3f1]",
                    "goroutine 1 [running]:")))
        .isEqualTo("panic: runtime error: invalid memory address or nil pointer dereference");
  }

  @Test
  void theLastErrorIsBetterThanNothing() {
    assertThat(
            StartupLog.exitReason(
                List.of(
                    "2026-11-22T02:07:40.9Z\terror\twatch error in cluster Kubernetes: a",
                    "2026-11-22T02:07:44.1Z\terror\tmodel\twatch error in cluster Kubernetes: b",
                    "2026-11-22T02:07:45.3Z\tinfo\twaiting for sync...")))
        .isEqualTo("watch error in cluster Kubernetes: b");
    assertThat(StartupLog.exitReason(List.of("2026-11-22T02:07:45.3Z\tinfo\thello"))).isEmpty();
  }

  @Test
  void theTailHasNoEmptyWords() {
    assertThat(
            StartupLog.tail(
                List.of(
                    "one",
                    "2026-11-22T02:03:11.816369Z\twarn\tsidecar injector is not ready",
                    "",
                    "two",
                    "three"),
                2))
        .containsExactly("two", "three");
  }

  @Test
  void tellsWhatIstiodGoesOnWithout() {
    String bad =
        "Invalid environment variable value `perhaps`, expecting true/false, defaulting to true";
    String port =
        "Unable to start ControlZ: listen tcp 127.0.0.1:42527: bind: address already in use";
    assertThat(
            StartupLog.ignoredSettings(
                List.of(
                    "2026-11-22T02:07:31.800612Z\twarn\t" + bad,
                    "2026-11-22T02:07:31.800613Z\twarn\t" + bad,
                    "2026-11-22T02:07:30.517259Z\terror\t" + port,
                    "2026-11-22T02:07:30.517260Z\twarn\tsomething else")))
        .containsExactly(bad, port);
  }
}
