package dev.pilothouse.integration;

import static dev.pilothouse.integration.DoctorManifests.istio;
import static dev.pilothouse.integration.DoctorManifests.rule;

import dev.pilothouse.console.IstiodConsole;
import dev.pilothouse.doctor.Link;
import dev.pilothouse.istiod.IstiodSpec;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.workload.WorkloadSpec;
import dev.pilothouse.workload.WorkloadSpec.Security;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link DoctorIT} has no certificates for: states of mutual TLS. */
class DoctorMutualTlsIT {
  @RegisterExtension
  static final MeshFixture MESH =
      MeshFixture.of(IstiodSpec.defaults().withProfile(MeshProfile.UPSTREAM_ENVOY_MTLS))
          .withWorkloads(
              WorkloadSpec.client("client").withSecurity(Security.MUTUAL_TLS),
              WorkloadSpec.http("httpbin", 8000).withSecurity(Security.MUTUAL_TLS));

  private static final String STRICT =
      istio("PeerAuthentication", "default/strict", "mtls: {mode: STRICT}");

  private static DoctorPatience patience;

  @BeforeAll
  static void open() {
    patience = new DoctorPatience(MESH.cluster(), IstiodConsole.of(MESH.istiod()));
  }

  static List<BrokenState> broken() {
    return List.of(
        new BrokenState(
            "a rule that sends plain text to one that takes mutual TLS only",
            STRICT + rule("default", "plain", tls("httpbin", "DISABLE")),
            "DestinationRule",
            "default/plain",
            "client",
            Link.EFFECTIVE,
            "takes STRICT by PeerAuthentication default/strict"),
        new BrokenState(
            "a rule of mutual TLS for one that does not take it",
            istio("PeerAuthentication", "default/none", "mtls: {mode: DISABLE}")
                + rule("default", "mutual", tls("httpbin", "ISTIO_MUTUAL")),
            "DestinationRule",
            "default/mutual",
            "client",
            Link.EFFECTIVE,
            "takes DISABLE by PeerAuthentication default/none"),
        new BrokenState(
            "a rule of mutual TLS for one without a proxy",
            istio(
                    "ServiceEntry",
                    "default/outside",
                    "hosts: [out.example.com], ports: [{number: 8000, name: http, protocol: HTTP}],"
                        + " resolution: STATIC, endpoints: [{address: 127.0.0.1}]")
                + rule("default", "mutual", tls("out.example.com", "ISTIO_MUTUAL")),
            "DestinationRule",
            "default/mutual",
            "client",
            Link.EFFECTIVE,
            "has no proxy that takes it"),
        new BrokenState(
            "a PeerAuthentication for the Service's port",
            BrokenSettings.OTHER_PORT
                + istio(
                    "PeerAuthentication",
                    "default/port",
                    "selector: {matchLabels: {app: httpbin}}, mtls: {mode: STRICT}, portLevelMtls:"
                        + " {8081: {mode: DISABLE}}"),
            "PeerAuthentication",
            "default/port",
            "httpbin",
            Link.GENERATED,
            "the workload's own is 8000"));
  }

  static List<HealthyState> healthy() {
    return List.of(
        new HealthyState(
            "mutual TLS only", STRICT, "PeerAuthentication", "default/strict", "httpbin"),
        new HealthyState(
            "a PeerAuthentication that a nearer one without a mode inherits",
            STRICT
                + istio(
                    "PeerAuthentication",
                    "default/port",
                    "selector: {matchLabels: {app: httpbin}}, portLevelMtls: {4711: {mode:"
                        + " DISABLE}}"),
            "PeerAuthentication",
            "default/strict",
            "httpbin"),
        new HealthyState(
            "a rule that sends plain text to one that takes both",
            rule("default", "plain", tls("httpbin", "DISABLE")),
            "DestinationRule",
            "default/plain",
            "client"),
        new HealthyState(
            "a policy of callers",
            istio(
                "AuthorizationPolicy",
                "default/callers",
                "selector: {matchLabels: {app: httpbin}}, rules: [{from: [{source: {principals:"
                    + " ['cluster.local/ns/default/sa/client']}}]}]"),
            "AuthorizationPolicy",
            "default/callers",
            "httpbin"));
  }

  private static String tls(String host, String mode) {
    return "host: " + host + ", trafficPolicy: {tls: {mode: " + mode + "}}";
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theFirstBrokenLinkIsNamed(BrokenState state) {
    patience.isNamed(state, MESH.workload(state.proxy()).proxy());
  }

  @ParameterizedTest
  @MethodSource("healthy")
  void aHealthyStateGivesNoAlarm(HealthyState state) {
    patience.isLive(state, MESH.workload(state.proxy()).proxy());
  }
}
