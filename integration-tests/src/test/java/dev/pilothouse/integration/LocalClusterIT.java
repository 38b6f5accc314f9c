package dev.pilothouse.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.cluster.Applied;
import dev.pilothouse.cluster.ClusterManager;
import dev.pilothouse.cluster.LocalClusterSpec;
import dev.pilothouse.cluster.Manifests;
import dev.pilothouse.cluster.OwnedCluster;
import dev.pilothouse.toolbox.Toolbox;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a local cluster is and can do. */
class LocalClusterIT {
  @TempDir static Path runs;

  private static ClusterManager<LocalClusterSpec, OwnedCluster> clusters;
  private static OwnedCluster cluster;

  @BeforeAll
  static void open() {
    clusters = ClusterManager.local(Toolbox.create(), runs);
    cluster = clusters.open(LocalClusterSpec.named("it"));
    // At once: whatever open() promises has to be there now.
    cluster.apply(virtualService("first", "default")).close();
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void istiosDefinitionsAreEstablished() {
    assertThat(cluster.client().apiextensions().v1().customResourceDefinitions().list().getItems())
        .hasSizeGreaterThanOrEqualTo(15)
        .allSatisfy(
            definition ->
                assertThat(definition.getStatus().getConditions())
                    .anySatisfy(
                        condition -> {
                          assertThat(condition.getType()).isEqualTo("Established");
                          assertThat(condition.getStatus()).isEqualTo("True");
                        }));
  }

  @Test
  void theNamespacesAreThere() {
    assertThat(cluster.client().namespaces().list().getItems())
        .extracting(namespace -> namespace.getMetadata().getName())
        .contains("default", "istio-system", "kube-system");
  }

  @Test
  void aServiceAccountGetsATokenThatTheServerKnowsAgain() {
    try (Applied account = cluster.apply(serviceAccount("known"))) {
      TokenReviewStatus status =
          cluster
              .client()
              .tokenReviews()
              .create(
                  new TokenReviewBuilder()
                      .withNewSpec()
                      .withToken(token("known", "istio-ca"))
                      .withAudiences("istio-ca")
                      .endSpec()
                      .build())
              .getStatus();

      assertThat(account.resources()).hasSize(1);
      assertThat(status.getAuthenticated()).isTrue();
      assertThat(status.getUser().getUsername()).isEqualTo("system:serviceaccount:default:known");
    }
  }

  @Test
  void rightsAreThoseThatWereGranted() {
    try (Applied account = cluster.apply(serviceAccount("reader"));
        KubernetesClient reader = clientWith(token("reader"))) {
      assertThatThrownBy(() -> reader.configMaps().inNamespace("default").list())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("system:serviceaccount:default:reader\" cannot list resource");

      try (Applied grant =
          cluster.apply(
              Manifests.yaml(
                  """
                  apiVersion: rbac.authorization.k8s.io/v1
                  kind: Role
                  metadata: {name: reader, namespace: default}
                  rules: [{apiGroups: [""], resources: [configmaps], verbs: [list]}]
                  ---
                  apiVersion: rbac.authorization.k8s.io/v1
                  kind: RoleBinding
                  metadata: {name: reader, namespace: default}
                  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
                  subjects: [{kind: ServiceAccount, name: reader, namespace: default}]
                  """))) {
        assertThat(grant.resources()).hasSize(2);
        awaitRight(() -> reader.configMaps().inNamespace("default").list());
        assertThatThrownBy(() -> reader.secrets().inNamespace("default").list())
            .hasMessageContaining("cannot list resource");
      }
      assertThat(account.resources()).hasSize(1);
    }
  }

  @Test
  void nobodyWithoutCredentialsGetsIn() {
    try (KubernetesClient stranger = clientWith("guessed")) {
      assertThatThrownBy(() -> stranger.namespaces().list())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("Unauthorized");
    }
  }

  @Test
  void onlyTheApiServerListensAndOnLoopback() throws IOException {
    assertThat(ListeningSockets.addressesOf(folder())).containsExactly(ListeningSockets.LOOPBACK);
  }

  @Test
  void whatItWritesIsTheOwnersAlone() throws IOException {
    assertThat(mode(folder())).isEqualTo("rwx------");
    try (Stream<Path> files = Files.walk(folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(mode(file)).as(file.toString()).startsWith("rw-").endsWith("------");
      }
    }
    assertThat(mode(cluster.kubeconfig())).isEqualTo("rw-------");
  }

  @Test
  void aNamespaceThatTheClientDeletesEndsWithAllThatIsInIt() {
    KubernetesClient client = cluster.client();
    client
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName("shop").endMetadata().build())
        .create();
    cluster.apply(virtualService("routes", "shop"));
    cluster.apply(
        Manifests.yaml("{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}}"));

    client.namespaces().withName("shop").delete();

    client
        .namespaces()
        .withName("shop")
        .waitUntilCondition(namespace -> namespace == null, 30, TimeUnit.SECONDS);
    assertThat(client.secrets().inNamespace("shop").list().getItems()).isEmpty();
    assertThat(
            client
                .genericKubernetesResources("networking.istio.io/v1", "VirtualService")
                .inNamespace("shop")
                .list()
                .getItems())
        .isEmpty();
  }

  @Test
  void aNamespaceWaitsForTheFinalizersOfOthers() {
    KubernetesClient client = cluster.client();
    cluster.apply(
        Manifests.yaml(
            """
            {apiVersion: v1, kind: Namespace, metadata: {name: held}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: holder, namespace: held, finalizers: [pilothouse.dev/test]}
            """));
    client.namespaces().withName("held").delete();
    client
        .configMaps()
        .inNamespace("held")
        .withName("holder")
        .waitUntilCondition(
            held -> held.getMetadata().getDeletionTimestamp() != null, 30, TimeUnit.SECONDS);
    assertThat(client.namespaces().withName("held").get()).isNotNull();

    client
        .configMaps()
        .inNamespace("held")
        .withName("holder")
        .edit(
            held -> {
              held.getMetadata().setFinalizers(List.of());
              return held;
            });

    client
        .namespaces()
        .withName("held")
        .waitUntilCondition(namespace -> namespace == null, 30, TimeUnit.SECONDS);
  }

  @Test
  void twoClustersHaveNothingInCommon() {
    try (OwnedCluster other = clusters.open(LocalClusterSpec.named("it"));
        Applied here = cluster.apply(virtualService("here", "default"))) {
      assertThat(here.resources()).hasSize(1);
      assertThat(
              other
                  .client()
                  .genericKubernetesResources("networking.istio.io/v1", "VirtualService")
                  .inAnyNamespace()
                  .list()
                  .getItems())
          .isEmpty();
      try (KubernetesClient mixed =
          clientWith(other.client().getConfiguration().getAutoOAuthToken())) {
        assertThatThrownBy(() -> mixed.namespaces().list()).hasMessageContaining("Unauthorized");
      }
      assertThat(other.client().getConfiguration().getCaCertData())
          .isNotEqualTo(cluster.client().getConfiguration().getCaCertData());
    }
  }

  @Test
  void manyThreadsMayApplyAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> work = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String name = "parallel-" + i;
        work.add(
            threads.submit(
                () -> {
                  try (Applied applied = cluster.apply(virtualService(name, "default"))) {
                    assertThat(applied.resources().get(0).getMetadata().getName()).isEqualTo(name);
                  }
                }));
      }
      for (Future<?> each : work) {
        each.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void logsAreExported(@TempDir Path target) {
    cluster.exportLogs(target.resolve("logs"));

    assertThat(target.resolve("logs/kube-apiserver.log")).content().contains("kube-apiserver");
    assertThat(target.resolve("logs/etcd.log")).exists();
  }

  /** The API server takes a new right up in its own time. */
  private static void awaitRight(Runnable call) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        call.run();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != 403 || System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  private static Path folder() {
    return cluster.kubeconfig().getParent();
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
  }

  private static String token(String account, String... audiences) {
    TokenRequest request =
        new TokenRequestBuilder().withNewSpec().withAudiences(audiences).endSpec().build();
    return cluster
        .client()
        .serviceAccounts()
        .inNamespace("default")
        .withName(account)
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }

  private static KubernetesClient clientWith(String token) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(cluster.client().getMasterUrl().toString())
            .withCaCertData(cluster.client().getConfiguration().getCaCertData())
            .withOauthToken(token)
            .withHttp2Disable(true)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private static Manifests serviceAccount(String name) {
    return Manifests.yaml("{apiVersion: v1, kind: ServiceAccount, metadata: {name: " + name + "}}");
  }

  private static Manifests virtualService(String name, String namespace) {
    return Manifests.yaml(
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %s, namespace: %s}
        spec:
          hosts: [reviews]
          http:
          - route: [{destination: {host: reviews}}]
        """
            .formatted(name, namespace));
  }
}
