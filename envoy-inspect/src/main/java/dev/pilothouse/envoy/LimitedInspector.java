package dev.pilothouse.envoy;

import java.time.Duration;
import java.util.function.Predicate;

/** The inspector: it has nothing of its own but the limits. */
record LimitedInspector(ReadLimits limits) implements EnvoyConfigInspector {
  @Override
  public EnvoyConfig read(ConfigSource source) {
    return new ConfigReader(source, null).read(source.fetch(limits));
  }

  @Override
  public EnvoyConfig await(ConfigSource source, Predicate<EnvoyConfig> wanted, Duration deadline) {
    return new ConfigWait(source, wanted, limits, deadline).run();
  }
}
