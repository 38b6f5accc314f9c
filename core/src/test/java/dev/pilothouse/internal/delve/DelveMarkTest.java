package dev.pilothouse.internal.delve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.image.DeliveredIstiod;
import dev.pilothouse.image.DeliveredIstiod.ImageIstiod;
import dev.pilothouse.internal.install.Owner;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DelveMarkTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Owner OWNER = new Owner("host/boot", "/run/x");
  private static final Optional<DeliveredIstiod> DEBUG_IMAGE =
      Optional.of(new ImageIstiod("localhost/pilot:debug", "Never", true));

  private static final String DEPLOYMENT =
      """
      {"metadata": {"name": "istiod", "annotations": {"theirs": "kept"}},
       "spec": {"replicas": 3, "template": {"spec": {"containers": [
         {"name": "beside", "image": "other"},
         {"name": "discovery", "image": "docker.io/istio/pilot:1.29.0",
          "imagePullPolicy": "IfNotPresent",
          "args": ["discovery", "--monitoringAddr=:15014"],
          "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}, "failureThreshold": 3},
          "securityContext": {"allowPrivilegeEscalation": false,
            "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": true,
            "runAsNonRoot": true}}]}}}}
      """;

  private static JsonNode deployment(String json) throws Exception {
    return JSON.readTree(json);
  }

  private static JsonNode discovery(JsonNode deployment) {
    return DelveMark.container(deployment, "discovery");
  }

  private static JsonNode underDelve(
      JsonNode deployment, Optional<DeliveredIstiod> image, boolean asInTheGuide) {
    ObjectNode change =
        new DelveChange("/usr/local/bin/pilot-discovery", image, asInTheGuide)
            .of(discovery(deployment));
    DelveMark mark = DelveMark.of(OWNER, "discovery", deployment, change);
    return JsonPatch.apply(mark.patch(deployment, change), deployment);
  }

  private static JsonNode setBack(JsonNode deployment) {
    return JsonPatch.apply(DelveMark.on(deployment).orElseThrow().undo(deployment), deployment);
  }

  @Test
  void changesWhatDelveNeedsAndNothingElse() throws Exception {
    JsonNode before = deployment(DEPLOYMENT);
    JsonNode after = underDelve(before, DEBUG_IMAGE, false);
    ObjectNode container = (ObjectNode) discovery(after);
    assertThat(container.path("command").toString())
        .startsWith("[\"/usr/local/bin/dlv\",")
        .contains("\"--listen=127.0.0.1:40000\"", "\"--headless=true\"", "\"--continue\"")
        .endsWith("\"exec\",\"/usr/local/bin/pilot-discovery\",\"--\"]");
    assertThat(container.path("image").asText()).isEqualTo("localhost/pilot:debug");
    assertThat(container.at("/readinessProbe/failureThreshold").asInt())
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(after.at("/spec/replicas").asInt()).isEqualTo(1);
    for (String changed : new String[] {"command", "image", "imagePullPolicy", "readinessProbe"}) {
      container.remove(changed);
    }
    JsonNode original = discovery(before);
    assertThat(container.properties())
        .allSatisfy(field -> assertThat(field.getValue()).isEqualTo(original.get(field.getKey())));
    assertThat(after.at("/spec/template/spec/containers/0"))
        .isEqualTo(before.at("/spec/template/spec/containers/0"));
  }

  @Test
  void isSetBackExactly() throws Exception {
    JsonNode before = deployment(DEPLOYMENT);
    assertThat(setBack(underDelve(before, DEBUG_IMAGE, false))).isEqualTo(before);
    assertThat(setBack(underDelve(before, Optional.empty(), true))).isEqualTo(before);
  }

  @Test
  void whatOthersChangeMeanwhileStays() throws Exception {
    JsonNode before = deployment(DEPLOYMENT);
    ObjectNode meanwhile = (ObjectNode) underDelve(before, DEBUG_IMAGE, false);
    ((ObjectNode) discovery(meanwhile)).withArray("args").add("--log_as_json");
    ((ObjectNode) meanwhile.path("spec")).put("replicas", 2);
    JsonNode after = setBack(meanwhile);
    assertThat(discovery(after).path("args")).hasSize(3);
    assertThat(after.at("/spec/replicas").asInt()).isEqualTo(2);
    assertThat(discovery(after).path("image").asText()).isEqualTo("docker.io/istio/pilot:1.29.0");
    assertThat(DelveMark.on(after)).isEmpty();
  }

  @Test
  void asInTheGuideItListensEverywhereAndMayWrite() throws Exception {
    JsonNode before = deployment(DEPLOYMENT);
    JsonNode container = discovery(underDelve(before, Optional.empty(), true));
    assertThat(container.path("image")).isEqualTo(discovery(before).path("image"));
    assertThat(container.path("command").toString())
        .contains("\"--listen=:40000\"")
        .contains("\"--log-output=debugger,debuglineerr,gdbwire,lldbout,rpc\"");
    JsonNode context = container.path("securityContext");
    assertThat(context.path("readOnlyRootFilesystem").asBoolean(true)).isFalse();
    assertThat(context.path("allowPrivilegeEscalation").asBoolean()).isTrue();
    assertThat(context.path("runAsNonRoot").asBoolean()).isTrue();
    assertThat(context.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
  }

  @Test
  void aCommandOfItsOwnRunsUnderDelve() throws Exception {
    JsonNode before =
        deployment(
            """
            {"metadata": {"name": "istiod"}, "spec": {"replicas": 1, "template": {"spec":
              {"containers": [{"name": "discovery", "command": ["/opt/istiod", "discovery"]}]}}}}
            """);
    JsonNode after = underDelve(before, Optional.empty(), false);
    assertThat(discovery(after).path("command").toString())
        .endsWith("\"exec\",\"/opt/istiod\",\"--\",\"discovery\"]");
    JsonNode back = setBack(after);
    assertThat(back.path("spec")).isEqualTo(before.path("spec"));
    assertThat(back.at("/metadata/annotations")).isEmpty();
  }

  @Test
  void theMarkTellsWhose() throws Exception {
    JsonNode after = underDelve(deployment(DEPLOYMENT), DEBUG_IMAGE, false);
    assertThat(DelveMark.on(after)).map(DelveMark::owner).contains(OWNER);
    assertThat(DelveMark.on(deployment(DEPLOYMENT))).isEmpty();
    String odd = DEPLOYMENT.replace("\"theirs\"", "\"pilothouse.dev/before-delve\"");
    assertThat(DelveMark.on(deployment(odd))).isEmpty();
  }

  @Test
  void aContainerThatIsInjectedIsNamedAndForgottenAgain() throws Exception {
    JsonNode before = deployment(DEPLOYMENT);
    JsonNode injected =
        JSON.readTree(
            """
            {"name": "istio-proxy", "image": "proxyv2", "args": ["proxy", "sidecar"],
             "readinessProbe": {"httpGet": {"path": "/healthz/ready", "port": 15021}}}
            """);
    ObjectNode fields =
        new DelveChange("/usr/local/bin/pilot-agent", DEBUG_IMAGE, false).of(injected);
    DelveMark mark = DelveMark.of(OWNER, "istio-proxy", before, fields);
    JsonNode after = JsonPatch.apply(mark.patch(before, fields), before);
    JsonNode named = DelveMark.container(after, "istio-proxy");
    assertThat(named.path("image").asText()).isEqualTo("localhost/pilot:debug");
    assertThat(named.path("command").toString())
        .endsWith("\"exec\",\"/usr/local/bin/pilot-agent\",\"--\"]");
    assertThat(named.at("/readinessProbe/httpGet/port").asInt()).isEqualTo(15021);
    assertThat(named.has("args")).isFalse();
    assertThat(setBack(after)).isEqualTo(before);
  }
}
