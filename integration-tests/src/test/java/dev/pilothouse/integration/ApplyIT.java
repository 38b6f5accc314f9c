package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.ApplyException;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.Toolbox;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applying manifests to a real API server, and undoing it. */
class ApplyIT {
  @TempDir static Path runs;

  private static OwnedCluster cluster;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    cluster = ClusterManager.local(Toolbox.create(), runs).open(LocalClusterSpec.named("apply"));
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void namespacesAndDefinitionsComeFirstAndAllIsUndone() {
    String resources =
        """
        apiVersion: pilothouse.dev/v1
        kind: Widget
        metadata: {name: w, namespace: workshop}
        ---
        # comes before its owner
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: m, namespace: workshop}
        ---
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.pilothouse.dev}
        spec:
          group: pilothouse.dev
          scope: Namespaced
          names: {plural: widgets, singular: widget, kind: Widget}
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: workshop}
        """;

    Applied applied = cluster.apply(Manifests.yaml(resources));

    assertThat(applied.resources())
        .extracting(HasMetadata::getKind)
        .containsExactly("Namespace", "CustomResourceDefinition", "Widget", "ConfigMap");
    applied.close();
    assertThat(cluster.client().namespaces().withName("workshop").get()).isNull();
    assertThat(
            cluster
                .client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("widgets.pilothouse.dev")
                .get())
        .isNull();
    applied.close();
    // And once more, from the same state as at first.
    cluster.apply(Manifests.yaml(resources)).close();
  }

  @Test
  void filesFoldersAndListsAreApplied() throws IOException {
    Files.writeString(
        folder.resolve("a.yaml"),
        "apiVersion: v1\nkind: List\nitems:\n- " + flow("list-1") + "\n- " + flow("list-2") + "\n");
    Files.writeString(
        folder.resolve("b.json"),
        "{\n\t\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"json\"}}");

    try (Applied applied = cluster.apply(Manifests.folder(folder))) {
      assertThat(applied.resources())
          .extracting(resource -> resource.getMetadata().getName())
          .containsExactly("list-1", "list-2", "json");
      assertThat(configMap("json").getMetadata().getNamespace()).isEqualTo("default");
    }
    assertThat(configMap("list-1")).isNull();
    assertThat(configMap("json")).isNull();
  }

  @Test
  void whatWasChangedIsSetBackWithItsOwners() {
    try (Applied first = cluster.apply(map("changed", "{kept: a, changed: b, removed: c}"))) {
      ConfigMap before = configMap("changed");

      Applied second = cluster.apply(map("changed", "{kept: a, changed: B, added: d}"));
      assertThat(configMap("changed").getData())
          .isEqualTo(Map.of("kept", "a", "changed", "B", "added", "d"));
      second.close();

      assertThat(configMap("changed").getData()).isEqualTo(before.getData());
      assertThat(configMap("changed").getMetadata().getManagedFields())
          .usingRecursiveComparison()
          .ignoringFields("time")
          .isEqualTo(before.getMetadata().getManagedFields());
      assertThat(first.resources()).hasSize(1);
      // The fields are the first manifest's again: without them in it they go.
      cluster.apply(map("changed", "{kept: a}"));
      assertThat(configMap("changed").getData()).isEqualTo(Map.of("kept", "a"));
    }
    assertThat(configMap("changed")).isNull();
  }

  @Test
  void whatOthersOwnIsSetBackToThem() {
    cluster
        .client()
        .resource(map("others", "{a: theirs}").documents().get(0).text())
        .inNamespace("default")
        .create();
    List<ManagedFieldsEntry> owners = configMap("others").getMetadata().getManagedFields();

    Applied applied = cluster.apply(map("others", "{a: ours, b: ours}"));
    // Somebody else goes on in the meantime.
    cluster
        .client()
        .configMaps()
        .inNamespace("default")
        .withName("others")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"c\":\"theirs\"}}");
    applied.close();

    assertThat(configMap("others").getData()).isEqualTo(Map.of("a", "theirs", "c", "theirs"));
    assertThat(configMap("others").getMetadata().getManagedFields())
        .extracting(ManagedFieldsEntry::getManager)
        .containsAll(owners.stream().map(ManagedFieldsEntry::getManager).toList())
        .doesNotContain("pilothouse");
    cluster.client().configMaps().inNamespace("default").withName("others").delete();
  }

  @Test
  void anObjectOfTheSameNameThatIsNotOursIsLeftAlone() {
    Applied applied = cluster.apply(map("again", "{a: ours}"));
    cluster.client().configMaps().inNamespace("default").withName("again").delete();
    cluster
        .client()
        .resource(map("again", "{a: theirs}").documents().get(0).text())
        .inNamespace("default")
        .create();

    applied.close();

    assertThat(configMap("again").getData()).isEqualTo(Map.of("a", "theirs"));
    cluster.client().configMaps().inNamespace("default").withName("again").delete();
    cluster.apply(map("again", "{a: ours}")).close();
  }

  @Test
  void aFailureMidwayUndoesWhatWasAppliedBefore() throws IOException {
    cluster.apply(map("before", "{a: b}"));
    Path file = folder.resolve("mixed.yaml");
    Files.writeString(
        file,
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: half}\n---\n"
            + map("before", "{a: changed}").documents().get(0).text()
            + "---\n"
            + flow("fresh")
            + "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: Bad_Name}\n"
            + "spec: {ports: [{port: 80}]}\n");

    ApplyException failure =
        catchThrowableOfType(ApplyException.class, () -> cluster.apply(Manifests.files(file)));

    assertThat(failure)
        .hasMessageStartingWith(
            "applying Service default/Bad_Name ("
                + file
                + ", document 4): Service \"Bad_Name\" is invalid");
    assertThat(failure.place()).isEqualTo(file + ", document 4");
    assertThat(failure.resource()).isEqualTo("Service default/Bad_Name");
    assertThat(failure.status()).isEqualTo(422);
    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(cluster.client().namespaces().withName("half").get()).isNull();
    assertThat(configMap("fresh")).isNull();
    assertThat(configMap("before").getData()).isEqualTo(Map.of("a", "b"));
    cluster.client().configMaps().inNamespace("default").withName("before").delete();
  }

  @Test
  void anInterruptedApplyLeavesNothing() throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      many.append(flow("many-" + i)).append("\n---\n");
    }
    Thread applier =
        new Thread(
            () -> {
              try {
                cluster.apply(Manifests.yaml(many.toString()));
              } catch (PilothouseException e) {
                failure.set(e);
              }
            });
    applier.start();
    while (applier.isAlive() && configMap("many-3") == null) {
      applier.join(1);
    }

    applier.interrupt();
    applier.join();

    assertThat(failure.get()).hasMessageContaining("interrupted");
    assertThat(cluster.client().configMaps().inNamespace("default").list().getItems())
        .noneMatch(map -> map.getMetadata().getName().startsWith("many-"));
  }

  @Test
  void badYamlIsFoundBeforeAnythingIsApplied() {
    assertThatThrownBy(() -> cluster.apply(Manifests.yaml(flow("first") + "\n---\na: b: c\n")))
        .isInstanceOf(PilothouseException.class)
        .hasMessageContaining("document 2 at line 3, column 5");
    assertThat(configMap("first")).isNull();
  }

  @Test
  void aFieldThatDoesNotExistIsRefused() {
    assertThatThrownBy(
            () ->
                cluster.apply(
                    Manifests.yaml(
                        "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {prots: []}}")))
        .isInstanceOf(ApplyException.class)
        .hasMessageContaining("Service default/s")
        .hasMessageContaining("prots");
  }

  @Test
  void anUnknownKindIsToldWithThoseThereAre() {
    assertThatThrownBy(
            () ->
                cluster.apply(
                    Manifests.yaml(
                        "{apiVersion: networking.istio.io/v1, kind: Virtual, metadata: {name: v}}")))
        .isInstanceOf(ApplyException.class)
        .hasMessageContaining("knows no Virtual of networking.istio.io/v1")
        .hasMessageContaining("VirtualService");
    assertThatThrownBy(
            () ->
                cluster.apply(
                    Manifests.yaml("{apiVersion: nowhere.io/v1, kind: X, metadata: {name: x}}")))
        .hasMessageContaining("knows no X of nowhere.io/v1")
        .hasMessageContaining("networking.istio.io");
  }

  @Test
  void aMissingNamespaceIsToldWithWhatToDo() {
    assertThatThrownBy(
            () ->
                cluster.apply(
                    Manifests.yaml(
                        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: nope}}")))
        .isInstanceOf(ApplyException.class)
        .hasMessageContaining("namespaces \"nope\" not found (HTTP 404)")
        .hasMessageContaining("create the namespace first");
  }

  @Test
  void whatAPolicyDeniesIsToldInItsWords() {
    String policy =
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: no-secrets}
        spec:
          matchConstraints:
            resourceRules:
            - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets]}
          validations:
          - {expression: "false", message: "no secrets here, please"}
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: no-secrets}
        spec: {policyName: no-secrets, validationActions: [Deny]}
        """;
    Manifests secret = Manifests.yaml("{apiVersion: v1, kind: Secret, metadata: {name: denied}}");
    try (Applied applied = cluster.apply(Manifests.yaml(policy))) {
      assertThat(applied.resources()).hasSize(2);
      ApplyException denied = null;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      // The API server takes a policy up in its own time.
      while (denied == null && System.nanoTime() < end) {
        denied = catchThrowableOfType(ApplyException.class, () -> cluster.apply(secret).close());
      }
      assertThat(denied)
          .hasMessageContaining("Secret default/denied")
          .hasMessageContaining("ValidatingAdmissionPolicy 'no-secrets'")
          .hasMessageContaining("no secrets here, please");
    }
  }

  @Test
  void aWebhookThatDoesNotAnswerIsToldWithWhatToDo() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String webhook =
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: silent}
        webhooks:
        - name: silent.pilothouse.dev
          clientConfig: {url: "https://localhost:%d/validate"}
          rules:
          - {operations: [CREATE], apiGroups: [networking.istio.io], apiVersions: ["*"], resources: [sidecars]}
          failurePolicy: Fail
          sideEffects: None
          admissionReviewVersions: [v1]
        """
            .formatted(port);
    Manifests sidecar =
        Manifests.yaml(
            "{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: s}, spec: {}}");
    try (Applied applied = cluster.apply(Manifests.yaml(webhook))) {
      assertThat(applied.resources()).hasSize(1);
      ApplyException failed = null;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (failed == null && System.nanoTime() < end) {
        failed = catchThrowableOfType(ApplyException.class, () -> cluster.apply(sidecar).close());
      }
      assertThat(failed)
          .hasMessageContaining("failed calling webhook \"silent.pilothouse.dev\"")
          .hasMessageContaining("connection refused")
          .hasMessageContaining("runs and is ready");
    }
  }

  private static ConfigMap configMap(String name) {
    return cluster.client().configMaps().inNamespace("default").withName(name).get();
  }

  private static String flow(String name) {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name + "}}";
  }

  private static Manifests map(String name, String data) {
    return Manifests.yaml(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\ndata: " + data + "\n");
  }
}
