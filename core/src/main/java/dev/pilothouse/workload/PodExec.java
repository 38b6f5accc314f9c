package dev.pilothouse.workload;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pilothouse.failure.PilothouseException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs programs in containers. Safe for use by several threads. */
record PodExec(KubernetesClient client) {
  /** What a program left. */
  record Result(int exitCode, ByteArrayOutputStream output, String errors) {}

  /**
   * Runs a program to its end.
   *
   * @throws PilothouseException if it cannot be run, or has not ended in time, or this thread is
   *     interrupted
   */
  Result run(
      String namespace, String pod, String container, Duration deadline, List<String> command) {
    String tried =
        "running " + command.get(0) + " in " + container + " of pod " + namespace + "/" + pod;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    try (ExecWatch watch =
        client
            .pods()
            .inNamespace(namespace)
            .withName(pod)
            .inContainer(container)
            .writingOutput(output)
            .writingError(errors)
            .exec(command.toArray(String[]::new))) {
      Integer code = watch.exitCode().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return new Result(code == null ? -1 : code, output, errors.toString(UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PilothouseException(tried, "this thread was interrupted", "", null, e);
    } catch (TimeoutException e) {
      String words = "it has not ended after " + deadline.toMillis() + " ms";
      throw new PilothouseException(tried, words, "", null, e);
    } catch (ExecutionException | KubernetesClientException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new PilothouseException(tried, String.valueOf(cause.getMessage()), "", null, e);
    }
  }
}
