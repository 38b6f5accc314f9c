package dev.pilothouse.workload;

import dev.pilothouse.envoy.ConfigDump;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.ReadLimits;
import dev.pilothouse.failure.PilothouseException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks Envoy's admin interface by a program in its own container. */
record ExecSource(PodExec exec, String namespace, Supplier<String> pod) implements ConfigSource {
  private static final List<String> COMMAND =
      List.of("pilot-agent", "request", "GET", "config_dump?include_eds=true");

  @Override
  public String describe() {
    return String.join(" ", COMMAND) + " in " + namespace;
  }

  @Override
  public ConfigDump fetch(ReadLimits limits) {
    PodExec.Result result;
    try {
      result = exec.run(namespace, pod.get(), PodView.PROXY, limits.timeout(), COMMAND);
    } catch (PilothouseException e) {
      throw failure(String.valueOf(e.getMessage()), e);
    }
    if (result.exitCode() != 0) {
      throw failure("it ends with " + result.exitCode() + ": " + result.errors().strip(), null);
    }
    if (result.output().size() > limits.maxBytes()) {
      throw failure("it is larger than " + limits.maxBytes() + " bytes", null);
    }
    return ConfigDump.of(describe(), result.output().toByteArray());
  }

  private EnvoyConfigException failure(String words, @Nullable Throwable cause) {
    return new EnvoyConfigException(describe(), words, "", cause);
  }
}
