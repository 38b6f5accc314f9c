package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.pilothouse.failure.PilothouseException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where Docker is.
 *
 * @param address a socket or a host, as {@code unix:///var/run/docker.sock}; null for the one that
 *     the {@code docker} command uses: the environment variable DOCKER_HOST, else its current
 *     context
 */
public record DockerHost(@Nullable String address) {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /**
   * The Docker that the {@code docker} command uses.
   *
   * @return the usual Docker
   */
  public static DockerHost usual() {
    return new DockerHost(null);
  }

  /**
   * The Docker at an address.
   *
   * @param address as DOCKER_HOST has it: {@code unix:///run/user/1000/docker.sock}, {@code
   *     tcp://10.0.0.5:2375}
   * @return that Docker
   */
  public static DockerHost at(String address) {
    return new DockerHost(address);
  }

  /**
   * Its address.
   *
   * @return as {@code unix:///var/run/docker.sock}, also for the usual one
   */
  public URI uri() {
    return config().getDockerHost();
  }

  /** What {@code docker} and {@code kind} need in their environment to reach this Docker. */
  Map<String, String> environment() {
    return address == null ? Map.of() : Map.of("DOCKER_HOST", address, "DOCKER_CONTEXT", "");
  }

  /**
   * A client without limits on how long an answer may be silent: for streams. Nothing is asked yet.
   */
  DockerClient client() {
    return client(null);
  }

  /**
   * A client.
   *
   * @param silence how long an answer may be silent before a call fails; null for any time
   */
  DockerClient client(@Nullable Duration silence) {
    DockerClientConfig config = config();
    ZerodepDockerHttpClient.Builder http =
        new ZerodepDockerHttpClient.Builder()
            .dockerHost(config.getDockerHost())
            .sslConfig(config.getSSLConfig())
            .connectionTimeout(CONNECT_TIMEOUT);
    if (silence != null) {
      http.responseTimeout(silence);
    }
    return DockerClientImpl.getInstance(config, http.build());
  }

  private DockerClientConfig config() {
    DefaultDockerClientConfig.Builder builder =
        DefaultDockerClientConfig.createDefaultConfigBuilder();
    try {
      return (address == null ? builder : builder.withDockerHost(address)).build();
    } catch (RuntimeException e) {
      // docker-java has no type of its own for this.
      throw new PilothouseException(
          "looking for Docker",
          String.valueOf(e.getMessage()),
          "correct DOCKER_HOST, or the docker command's context (docker context ls)",
          null,
          e);
    }
  }

  @Override
  public String toString() {
    return address == null ? "the usual Docker" : address;
  }
}
