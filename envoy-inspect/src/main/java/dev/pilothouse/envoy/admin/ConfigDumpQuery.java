package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.ConfigSection;
import java.util.List;
import java.util.Optional;

/**
 * Which part of the configuration to ask for.
 *
 * @param section one section; empty for all
 * @param mask the fields to keep, as {@code last_updated}; of the section's entries if a section is
 *     named, else of the dump's parts; empty for all; cannot reach into a resource
 * @param nameRegex an RE2 expression that a resource's whole name matches; empty for all
 * @param includeEndpoints whether endpoints are included
 */
public record ConfigDumpQuery(
    Optional<ConfigSection> section,
    List<String> mask,
    String nameRegex,
    boolean includeEndpoints) {

  /** Copies the list. */
  public ConfigDumpQuery {
    mask = List.copyOf(mask);
    if (section.isPresent() && section.get() == ConfigSection.BOOTSTRAP) {
      throw new IllegalArgumentException(
          "Envoy gives the bootstrap by a mask only: all().withMask(\"bootstrap\")");
    }
  }

  /**
   * Everything, endpoints included.
   *
   * @return the query
   */
  public static ConfigDumpQuery all() {
    return new ConfigDumpQuery(Optional.empty(), List.of(), "", true);
  }

  /**
   * One section.
   *
   * @param section any but the bootstrap
   * @return the query
   */
  public static ConfigDumpQuery of(ConfigSection section) {
    return new ConfigDumpQuery(Optional.of(section), List.of(), "", true);
  }

  /**
   * The same with a mask.
   *
   * @param fields the fields to keep
   * @return a new query
   */
  public ConfigDumpQuery withMask(String... fields) {
    return new ConfigDumpQuery(section, List.of(fields), nameRegex, includeEndpoints);
  }

  /**
   * The same for some names. Envoy adds the listeners that it rejected, whatever their names.
   *
   * @param regex an RE2 expression that the whole name matches
   * @return a new query
   */
  public ConfigDumpQuery withNameRegex(String regex) {
    return new ConfigDumpQuery(section, mask, regex, includeEndpoints);
  }

  /**
   * The same without endpoints.
   *
   * @return a new query
   */
  public ConfigDumpQuery withoutEndpoints() {
    return new ConfigDumpQuery(section, mask, nameRegex, false);
  }

  String path() {
    StringBuilder path = new StringBuilder("/config_dump?");
    section.ifPresent(s -> path.append("&resource=").append(s.fieldName()));
    if (!mask.isEmpty()) {
      path.append("&mask=").append(Query.encode(String.join(",", mask)));
    }
    if (!nameRegex.isEmpty()) {
      path.append("&name_regex=").append(Query.encode(nameRegex));
    }
    if (includeEndpoints) {
      path.append("&include_eds");
    }
    return path.toString().replace("?&", "?");
  }
}
