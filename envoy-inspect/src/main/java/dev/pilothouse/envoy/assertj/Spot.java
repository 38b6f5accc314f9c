package dev.pilothouse.envoy.assertj;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.Owner;
import dev.pilothouse.envoy.Resource;
import dev.pilothouse.envoy.assertj.ConfigJudge.Comparison;
import org.jspecify.annotations.Nullable;

/**
 * Where in a configuration an assertion stands.
 *
 * @param config the whole, or null when the assertion began at a resource
 * @param resource the resource, or null when the assertion is on the whole
 * @param name what it stands on, for people, as {@code route "canary" of virtual host "httpbin"}
 * @param pointer its JSON pointer; empty for the whole
 * @param owner the nearest Istio object that it was made from, or null
 * @param comparison where a failure notes what it compared, or null when nobody asks
 */
record Spot(
    @Nullable EnvoyConfig config,
    @Nullable Resource resource,
    String name,
    String pointer,
    @Nullable Owner owner,
    @Nullable Comparison comparison) {

  static final Spot NOWHERE = new Spot(null, null, "nothing", "", null, null);

  static Spot of(EnvoyConfig config) {
    return new Spot(config, null, "the configuration", "", null, null);
  }

  /** A resource on its own. */
  static Spot of(Resource resource, String kind) {
    return NOWHERE.resource(resource, kind);
  }

  /** A resource of the same configuration. */
  Spot resource(Resource other, String kind) {
    return new Spot(
        config,
        other,
        named(kind, other.name()),
        other.pointer(),
        other.owner().orElse(null),
        comparison);
  }

  /** A part of this. */
  Spot part(String partName, String partPointer, @Nullable Owner partOwner) {
    Owner nearest = partOwner == null ? owner : partOwner;
    return new Spot(config, resource, partName + " of " + name, partPointer, nearest, comparison);
  }

  /** This by another name. */
  Spot named(String other) {
    return new Spot(config, resource, other, pointer, owner, comparison);
  }

  Spot comparedIn(Comparison noted) {
    return new Spot(config, resource, name, pointer, owner, noted);
  }

  /** The lines that tell where to look. */
  String lines() {
    StringBuilder text = new StringBuilder();
    if (resource != null) {
      text.append("where: ").append(resource.place(pointer)).append('\n');
    } else if (config != null) {
      text.append("where: ").append(config.source()).append('\n');
    }
    if (owner != null) {
      text.append("made from: ").append(owner).append('\n');
    }
    return text.toString();
  }

  static String named(String kind, String name) {
    return name.isEmpty() ? kind + " without a name" : kind + " \"" + name + '"';
  }
}
