package dev.pilothouse.loop;

import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.source.CompileOptions;
import dev.pilothouse.source.IstioSource;
import dev.pilothouse.source.IstiodBinary.Flavor;
import dev.pilothouse.toolbox.Toolbox;
import dev.pilothouse.workload.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a {@link DevLoop} goes round. Start from {@link #of} and say what is to hold:
 *
 * <pre>{@code
 * DevLoopSpec.of(toolbox, source, mesh.istiod())
 *     .withProxy(client.proxy())
 *     .withVerification(
 *         "the header is in the response",
 *         () ->
 *             assertThat(client.send(HttpCall.get("http://httpbin:8000/get")).headers())
 *                 .containsEntry("x-istiod-dev", List.of("locally-modified")));
 * }</pre>
 *
 * @param toolbox whose cache compiled istiods are kept in
 * @param source the tree that is edited
 * @param istiod the istiod that is replaced; it is not closed by the loop
 * @param options how to compile
 * @param proxies whose configuration is compared before and after
 * @param verifications what must hold
 * @param deployDeadline how long a new istiod may take to become ready
 * @param proxyDeadline how long the proxies may take to acknowledge, and each verification to hold
 * @param listener is told of each step when it has ended, on the thread of the cycle; it should be
 *     quick
 */
public record DevLoopSpec(
    Toolbox toolbox,
    IstioSource source,
    Istiod istiod,
    CompileOptions options,
    List<Proxy> proxies,
    List<Verification> verifications,
    Duration deployDeadline,
    Duration proxyDeadline,
    Consumer<Step> listener) {
  /** Copies the collections. */
  public DevLoopSpec {
    proxies = List.copyOf(proxies);
    verifications = List.copyOf(verifications);
  }

  /**
   * A release build, but a debug build where the istiod is one or runs under Delve as a process of
   * this machine; two minutes for a new istiod to become ready, half a minute for the proxies. So
   * in a cluster put it under Delve first ({@code InClusterIstiod.debug}). After a cycle under
   * Delve, {@code DelveSession.reconnect} sets the breakpoints again.
   *
   * @param toolbox whose cache to use
   * @param source the tree that is edited
   * @param istiod the istiod to replace
   * @return a specification to start from
   */
  public static DevLoopSpec of(Toolbox toolbox, IstioSource source, Istiod istiod) {
    return new DevLoopSpec(
        toolbox,
        source,
        istiod,
        debugged(istiod) ? CompileOptions.debug() : CompileOptions.release(),
        List.of(),
        List.of(),
        Duration.ofMinutes(2),
        Duration.ofSeconds(30),
        step -> {});
  }

  private static boolean debugged(Istiod istiod) {
    return istiod.spec().delve().isPresent() || istiod.binary().flavor() == Flavor.DEBUG;
  }

  /**
   * The same, compiled otherwise.
   *
   * @param value as {@code CompileOptions.debug()}
   * @return a copy
   */
  public DevLoopSpec withOptions(CompileOptions value) {
    return new DevLoopSpec(
        toolbox,
        source,
        istiod,
        value,
        proxies,
        verifications,
        deployDeadline,
        proxyDeadline,
        listener);
  }

  /**
   * One proxy more whose configuration is compared before and after each cycle.
   *
   * @param proxy the proxy
   * @return a copy
   */
  public DevLoopSpec withProxy(Proxy proxy) {
    List<Proxy> all = Stream.concat(proxies.stream(), Stream.of(proxy)).toList();
    return new DevLoopSpec(
        toolbox,
        source,
        istiod,
        options,
        all,
        verifications,
        deployDeadline,
        proxyDeadline,
        listener);
  }

  /**
   * One verification more.
   *
   * @param name says what is verified, for reports
   * @param assertion throws unless it holds
   * @return a copy
   */
  public DevLoopSpec withVerification(String name, Verification.Assertion assertion) {
    List<Verification> all = new ArrayList<>(verifications);
    all.add(new Verification(name, assertion));
    return new DevLoopSpec(
        toolbox, source, istiod, options, proxies, all, deployDeadline, proxyDeadline, listener);
  }

  /**
   * Other deadlines.
   *
   * @param deploy how long a new istiod may take to become ready
   * @param proxy how long the proxies may take to acknowledge, and each verification to hold
   * @return a copy
   */
  public DevLoopSpec withDeadlines(Duration deploy, Duration proxy) {
    return new DevLoopSpec(
        toolbox, source, istiod, options, proxies, verifications, deploy, proxy, listener);
  }

  /**
   * With a listener for the steps, in place of that before.
   *
   * @param value is told of each step
   * @return a copy
   */
  public DevLoopSpec withListener(Consumer<Step> value) {
    return new DevLoopSpec(
        toolbox,
        source,
        istiod,
        options,
        proxies,
        verifications,
        deployDeadline,
        proxyDeadline,
        value);
  }
}
