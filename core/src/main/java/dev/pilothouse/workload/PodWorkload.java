package dev.pilothouse.workload;

import dev.pilothouse.cluster.PortForward;
import dev.pilothouse.istiod.DebuggedPod;
import dev.pilothouse.istiod.DelvePatch;
import java.time.Duration;
import java.util.List;

/** A workload that runs in pods of a cluster. Safe for use by several threads. */
public interface PodWorkload extends Workload {
  /**
   * Its proxy: that of the pod that is ready, the newest if there are several.
   *
   * @return the proxy
   */
  @Override
  PodProxy proxy();

  /**
   * Its pods as they are now.
   *
   * @return those on their way out included; see {@link PodStatus#table}
   */
  List<PodStatus> pods();

  /**
   * Replaces its pods, as {@code kubectl rollout restart} does, so that they get the sidecar that
   * istiod injects now, and waits until the new ones are ready and the others gone.
   *
   * @param deadline how long it may take
   * @throws dev.pilothouse.failure.PilothouseException if they do not become ready, with the reason
   */
  void reinject(Duration deadline);

  /**
   * Puts the pilot-agent of its sidecar or gateway under Delve, until what comes back is closed.
   * Also where the Deployment is somebody else's.
   *
   * <p>The Deployment gets a container of the proxy's name with Delve as its command, and one
   * replica; the injector lays that over what it injects. This waits until the new pod is ready and
   * Delve has said that it listens. The agent starts Envoy as ever, and while the agent stands
   * still Envoy goes on with the configuration and the certificates that it has.
   *
   * <pre>{@code
   * Path agent = compiler.compileAgent(source, List.of(), CompileOptions.debug()).path();
   * ImageSpec spec = ImageSpec.proxy(base)
   *     .withName("proxyv2-debug")
   *     .withDebugger(ImageDebugger.onLoopback(toolbox.provision(Tool.DLV).path()));
   * BuiltImage image = builder.buildProxy(new ProxyFiles(agent, envoy, template), spec);
   * kind.load(List.of(image.reference()));
   * try (DebuggedPod debugged = gateway.debugAgent(DelvePatch.image(image.reference()));
   *     DelveSession debug = DelveAttacher.create(toolbox).attach(debugged);
   *     Breakpoint stop =
   *         debug.breakAt(BreakpointSpec.function("cache.(*SecretManagerClient).GenerateSecret"))) {
   *   …
   * }
   * }</pre>
   *
   * <p>An agent as Istio releases it is stripped: its functions are known by their full names, as
   * {@code istio.io/istio/pilot/cmd/pilot-agent/status.(*Server).handleReadyProbe}, and its
   * variables not at all.
   *
   * @param patch how; its image is one of the proxy's with Delve as {@code /usr/local/bin/dlv}
   * @return the pod under Delve; the caller closes it, which sets the Deployment back. So does
   *     closing the workload
   * @throws IllegalArgumentException if the patch delivers an istiod
   * @throws dev.pilothouse.failure.PilothouseException if the local port is taken; if somebody has
   *     it under Delve already; or if it does not become ready, for example because there is no
   *     Delve in the image: with the reason, and the Deployment is set back
   */
  DebuggedPod debugAgent(DelvePatch patch);

  /**
   * A way in from this machine, to a pod that is ready: to the application for a sidecar (from the
   * pod itself, so past its Envoy), to the Envoy for a gateway.
   *
   * @param port the port of its Service; for a gateway any port that a Gateway resource opens
   * @return a port-forward that follows its pods; it ends with the workload
   */
  PortForward forward(int port);
}
