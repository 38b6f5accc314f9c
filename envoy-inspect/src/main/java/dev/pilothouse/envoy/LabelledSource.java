package dev.pilothouse.envoy;

import java.util.Map;

/** A source with what its owner says about it. */
record LabelledSource(ConfigSource source, Map<String, String> labels) implements ConfigSource {
  @Override
  public String describe() {
    return source.describe();
  }

  @Override
  public ConfigDump fetch(ReadLimits limits) {
    return source.fetch(limits);
  }

  @Override
  public ConfigSource withLabels(Map<String, String> others) {
    return new LabelledSource(source, Map.copyOf(others));
  }
}
