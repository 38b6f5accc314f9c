package dev.pilothouse.istiod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.pilothouse.failure.PilothouseException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshConfigTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void hasTheProfilesFields() throws JsonProcessingException {
    assertThat(tree(MeshConfig.of(MeshProfile.UPSTREAM_ENVOY, "")))
        .isEqualTo(YAML.readTree("enableAutoMtls: false"));
    assertThat(MeshConfig.of(MeshProfile.ISTIO_DEFAULTS, "# nothing").isEmpty()).isTrue();
  }

  @Test
  void theUsersFieldsComeOverTheProfiles() throws JsonProcessingException {
    assertThat(tree(MeshConfig.of(MeshProfile.UPSTREAM_ENVOY, "enableAutoMtls: true")))
        .isEqualTo(YAML.readTree("enableAutoMtls: true"));
    assertThat(tree(MeshConfig.of(MeshProfile.UPSTREAM_ENVOY, "defaultConfig: {concurrency: 2}")))
        .isEqualTo(YAML.readTree("{enableAutoMtls: false, defaultConfig: {concurrency: 2}}"));
  }

  @Test
  void theUsersFieldsComeOverTheProfilesInEitherSpelling() throws JsonProcessingException {
    assertThat(tree(MeshConfig.of(MeshProfile.UPSTREAM_ENVOY, "enable_auto_mtls: true")))
        .isEqualTo(YAML.readTree("enableAutoMtls: true"));
  }

  @Test
  void tellsIgnoredFieldsInsideOfOthers() throws JsonProcessingException {
    JsonNode running =
        YAML.readTree("{outboundTrafficPolicy: {}, extensionProviders: [{name: a, lua: {}}]}");
    assertThat(
            MeshConfig.of(
                    MeshProfile.ISTIO_DEFAULTS,
                    "{outboundTrafficPolicy: {mod: ALLOW_ANY},"
                        + " extensionProviders: [{name: a, lua: {nosuch: 1}}]}")
                .unknownFields(running))
        .containsExactly("outboundTrafficPolicy.mod", "extensionProviders[0].lua.nosuch");
  }

  @Test
  void keepsStringsThatLookLikeOtherThings() throws JsonProcessingException {
    MeshConfig config =
        MeshConfig.of(
            MeshProfile.ISTIO_DEFAULTS, "defaultConfig: {proxyMetadata: {A: \"true\", B: '1'}}");
    assertThat(tree(config).at("/defaultConfig/proxyMetadata/A").isTextual()).isTrue();
    assertThat(tree(config).at("/defaultConfig/proxyMetadata/B").isTextual()).isTrue();
  }

  @Test
  void namesTheLineOfBadYaml() {
    assertThatThrownBy(() -> MeshConfig.of(MeshProfile.UPSTREAM_ENVOY, "a: 1\nb: [false\n"))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("reading the mesh config")
        .hasMessageContaining("line 2")
        .hasMessageContaining("IstiodSpec.meshConfig");
  }

  @Test
  void refusesWhatIsNoMapping() {
    assertThatThrownBy(() -> MeshConfig.of(MeshProfile.UPSTREAM_ENVOY, "- a\n- b"))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("not a mapping");
  }

  @Test
  void tellsFieldsThatIstiodHasIgnored() throws JsonProcessingException {
    assertThat(
            unknown(
                "{enableTracin: true, trustDomainn: a.b, defaultConfig: {statuzPort: 1},"
                    + " frobnicate: {a: 1}}"))
        .containsExactly(
            "enableTracin (did you mean enableTracing?)",
            "trustDomainn (did you mean trustDomain?)",
            "defaultConfig.statuzPort (did you mean statusPort?)",
            "frobnicate");
  }

  @Test
  void knowsFieldsInBothSpellings() throws JsonProcessingException {
    assertThat(unknown("{enableTracing: true, trust_domain: cluster.local}")).isEmpty();
  }

  @Test
  void doesNotTellDefaultsBecauseIstiodDoesNotShowThem() throws JsonProcessingException {
    assertThat(
            unknown(
                "{enableEnvoyAccessLogService: false, accessLogEncoding: TEXT, accessLogFile: '',"
                    + " verifyCertificateAtClient: false, localityLbSetting: {distribute: []}}"))
        .isEmpty();
  }

  private static List<String> unknown(String yaml) throws JsonProcessingException {
    return MeshConfig.of(MeshProfile.ISTIO_DEFAULTS, yaml)
        .unknownFields(new ObjectMapper().readTree(Recorded.text("mesh.json")));
  }

  private static JsonNode tree(MeshConfig config) throws JsonProcessingException {
    return YAML.readTree(config.yaml());
  }
}
