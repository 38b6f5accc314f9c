package dev.pilothouse.envoy.trace;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Resource;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.SemanticVersion;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Envoy's runtime settings, as far as the bootstrap tells them. */
final class RuntimeSettings {
  /**
   * How many of how many.
   *
   * @param of 100, 10,000 or 1,000,000
   */
  record Fraction(long part, int of) {}

  private final Map<String, Value> values = new HashMap<>();
  private boolean open;
  private int minor;

  RuntimeSettings(EnvoyConfig config) {
    Resource bootstrap = config.bootstrap().orElse(null);
    if (bootstrap != null && bootstrap.message() instanceof Bootstrap message) {
      SemanticVersion version = message.getNode().getUserAgentBuildVersion().getVersion();
      minor = version.getMajorNumber() == 1 ? version.getMinorNumber() : 0;
      for (RuntimeLayer layer : message.getLayeredRuntime().getLayersList()) {
        switch (layer.getLayerSpecifierCase()) {
          case STATIC_LAYER -> add("", layer.getStaticLayer());
          case ADMIN_LAYER, LAYERSPECIFIER_NOT_SET -> {}
          default -> open = true;
        }
      }
    }
  }

  private void add(String prefix, Struct struct) {
    for (Map.Entry<String, Value> entry : struct.getFieldsMap().entrySet()) {
      String key = prefix + entry.getKey();
      Value value = entry.getValue();
      if (value.hasStructValue() && !value.getStructValue().containsFields("numerator")) {
        add(key + ".", value.getStructValue());
      } else {
        values.put(key, value);
      }
    }
  }

  /** Whether a key may have a value that the configuration does not show. */
  boolean mayOverride(String key) {
    return open && !key.isEmpty();
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /**
   * Whether Envoy has a behaviour that a release brought in, and that can be switched off.
   *
   * @param name without its prefix
   * @param since the minor release that has it by default
   * @return unknown when the configuration does not say which Envoy it is
   */
  Verdict feature(String name, int since) {
    Value value = values.get("envoy.reloadable_features." + name);
    if (value != null) {
      return Verdict.of(value.hasBoolValue() ? value.getBoolValue() : value.getNumberValue() != 0);
    }
    return since(since);
  }

  /** Whether Envoy is of a minor release or a later one. */
  Verdict since(int release) {
    return minor == 0 ? Verdict.UNKNOWN : Verdict.of(minor >= release);
  }

  /** A whole number, or what holds without one. */
  long number(String key, long otherwise) {
    Value value = values.get(key);
    return value != null && value.hasNumberValue() ? (long) value.getNumberValue() : otherwise;
  }

  /** Whether a behaviour that all releases have by default is switched off. */
  boolean switchedOff(String name) {
    return values.containsKey("envoy.reloadable_features." + name)
        && feature(name, 0) == Verdict.NO;
  }

  /** The fraction that holds; null when nobody can tell. */
  @Nullable Fraction fraction(RuntimeFractionalPercent wanted) {
    if (mayOverride(wanted.getRuntimeKey())) {
      return null;
    }
    Value value = values.get(wanted.getRuntimeKey());
    if (value != null && value.hasStructValue()) {
      Map<String, Value> fields = value.getStructValue().getFieldsMap();
      Value of = fields.get("denominator");
      String name = of == null ? "HUNDRED" : of.getStringValue();
      long part =
          (long) fields.getOrDefault("numerator", Value.getDefaultInstance()).getNumberValue();
      return new Fraction(
          part, name.equals("MILLION") ? 1_000_000 : name.equals("TEN_THOUSAND") ? 10_000 : 100);
    }
    if (value != null && value.hasNumberValue() && value.getNumberValue() >= 0) {
      return new Fraction(Math.min(100, (long) value.getNumberValue()), 100);
    }
    FractionalPercent percent = wanted.getDefaultValue();
    return new Fraction(Integer.toUnsignedLong(percent.getNumerator()), of(percent));
  }

  static int of(FractionalPercent percent) {
    return switch (percent.getDenominator()) {
      case TEN_THOUSAND -> 10_000;
      case MILLION -> 1_000_000;
      default -> 100;
    };
  }
}
