package dev.pilothouse.kind;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The deployment that answers a cluster's names, as kubeadm makes it. */
final class CoreDns {
  private static final Logger LOG = LoggerFactory.getLogger(CoreDns.class);
  private static final String NAMESPACE = "kube-system";
  private static final String NAME = "coredns";

  /** A pod that does not answer is still given 30 seconds, as with kubeadm's 3 times 10. */
  private static final String PROBE =
      """
      spec:
        template:
          spec:
            containers:
            - name: coredns
              readinessProbe: {periodSeconds: 1, failureThreshold: 30}
      """;

  private final KubernetesClient client;

  CoreDns(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Lets the kubelet ask each second whether its pods are ready. It asks every 10, beginning at a
   * moment of its choice, and most often once too early, so that names are answered some 10 seconds
   * later than they could be. When kind has done its work the pods are not made yet, so none is
   * made twice.
   */
  void probeEachSecond() {
    try {
      deployment().patch(PatchContext.of(PatchType.STRATEGIC_MERGE), PROBE);
    } catch (KubernetesClientException e) {
      LOG.debug("CoreDNS keeps its own probes; it takes longer until it is ready", e);
    }
  }

  /**
   * Waits until it is available, or the time is over. While a cluster starts, processors are
   * scarce, and to ask over and over makes it later by seconds: it is watched.
   */
  void watch(Duration time) {
    try {
      deployment()
          .waitUntilCondition(
              dns -> dns != null && isAvailable(dns), time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (KubernetesClientException e) {
      LOG.debug("CoreDNS cannot be watched to the end", e);
    }
  }

  /** What is missing, or nothing if it is available. */
  Optional<String> missing() {
    Deployment dns = deployment().get();
    if (dns == null) {
      return Optional.of("there is no deployment " + NAMESPACE + "/" + NAME);
    }
    if (isAvailable(dns)) {
      return Optional.empty();
    }
    return Optional.of(
        "CoreDNS has "
            + count(dns.getStatus().getAvailableReplicas())
            + " of "
            + dns.getSpec().getReplicas()
            + " pods available"
            + podProblems());
  }

  private RollableScalableResource<Deployment> deployment() {
    return client.apps().deployments().inNamespace(NAMESPACE).withName(NAME);
  }

  /** All pods are available, and all are of the newest template, as for a rollout. */
  private static boolean isAvailable(Deployment dns) {
    DeploymentStatus status = dns.getStatus();
    Long observed = status.getObservedGeneration();
    int wanted = dns.getSpec().getReplicas();
    return observed != null
        && observed >= dns.getMetadata().getGeneration()
        && count(status.getUpdatedReplicas()) >= wanted
        && count(status.getReplicas()) == count(status.getUpdatedReplicas())
        && count(status.getAvailableReplicas()) >= wanted;
  }

  private static int count(@Nullable Integer pods) {
    return pods == null ? 0 : pods;
  }

  private String podProblems() {
    List<String> problems = new ArrayList<>();
    for (Pod pod :
        client.pods().inNamespace(NAMESPACE).withLabel("k8s-app", "kube-dns").list().getItems()) {
      String name = pod.getMetadata().getName();
      pod.getStatus().getConditions().stream()
          .filter(c -> c.getType().equals("PodScheduled") && c.getStatus().equals("False"))
          .forEach(c -> problems.add(name + " is not scheduled: " + c.getMessage()));
      for (ContainerStatus status : pod.getStatus().getContainerStatuses()) {
        if (status.getState().getWaiting() != null) {
          problems.add(name + " waits: " + status.getState().getWaiting().getReason());
        } else if (!status.getReady()) {
          problems.add(name + " is not ready yet");
        }
      }
    }
    return problems.isEmpty() ? "" : " (" + String.join("; ", problems) + ")";
  }
}
