/**
 * What a control plane pushes, read with no Envoy at all.
 *
 * <p>An {@link dev.pilothouse.envoy.xds.XdsClient} is a proxy as far as the control plane can tell:
 * it subscribes as Envoy does, over one stream (ADS), delta or state of the world, acknowledges or
 * rejects what it gets, and keeps a log of every response. What it holds is an {@link
 * dev.pilothouse.envoy.EnvoyConfig}, as from any other source. An {@link
 * dev.pilothouse.envoy.xds.XdsFleet} holds hundreds of them, with shared connections and shared
 * messages.
 *
 * <pre>{@code
 * try (XdsClient client =
 *     XdsClient.connect(
 *         XdsServer.plaintext("127.0.0.1", 15010),
 *         XdsNode.sidecar("app-1", "default", "10.0.0.1"))) {
 *   EnvoyConfig config = client.awaitAnswered(Duration.ofSeconds(10));
 *   config.clusters().forEach(cluster -> cluster.type());
 *   client.responses().forEach(response -> response.added());
 * }
 * }</pre>
 *
 * <p>The transport is grpc-java's: this module brings {@code grpc-netty-shaded} at run time.
 * Whoever does without this package may exclude it.
 */
@NullMarked
package dev.pilothouse.envoy.xds;

import org.jspecify.annotations.NullMarked;
