package dev.pilothouse.workload;

import java.time.Duration;
import java.util.function.Predicate;

/** A deployed workload. Safe for use by several threads. */
public interface Workload extends AutoCloseable {
  /**
   * What was asked for.
   *
   * @return the specification
   */
  WorkloadSpec spec();

  /**
   * Its Envoy.
   *
   * @return the proxy
   */
  Proxy proxy();

  /**
   * Sends a request as this workload's application would: through its own Envoy. For a gateway: as
   * a client outside the mesh would, to the gateway's port. Redirects are not followed, and nothing
   * is sent twice.
   *
   * @param call the request
   * @return the answer, whatever its status
   * @throws NoReplyException if there is no answer (connection refused or closed, deadline)
   */
  HttpReply send(HttpCall call);

  /**
   * Sends a request again and again until the answer is as wanted. For changes that are on their
   * way: istiod gathers them for a moment before it pushes.
   *
   * <pre>{@code
   * client.await(HttpCall.get("http://httpbin:8000/"), r -> r.status() == 503, ofSeconds(10));
   * }</pre>
   *
   * @param call the request; sent every few milliseconds
   * @param wanted the condition
   * @param deadline how long to wait at most; the request is sent at least once
   * @return the first answer that is as wanted
   * @throws dev.pilothouse.failure.PilothouseException if none was, with what was seen last; at
   *     once, if the Envoy has exited
   */
  HttpReply await(HttpCall call, Predicate<HttpReply> wanted, Duration deadline);

  /**
   * Ends its processes and removes its resources from the cluster. What cannot be removed, as when
   * the API server is gone, is logged. Does nothing the second time.
   */
  @Override
  void close();
}
