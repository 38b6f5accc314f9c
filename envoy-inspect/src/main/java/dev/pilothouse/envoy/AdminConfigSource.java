package dev.pilothouse.envoy;

import java.util.Map;

/**
 * A live Envoy's admin interface as a source of its configuration.
 *
 * <p>Envoy writes a dump on its main thread, where it also takes in new configuration: a whole dump
 * of a small mesh costs it some 5 ms, of a large one a second. A test that waits for a route should
 * ask for routes alone:
 *
 * <pre>{@code
 * ConfigSource routes = ConfigSource.admin(uri).only(ConfigSection.DYNAMIC_ROUTE_CONFIGS);
 * }</pre>
 *
 * <p>When Envoy cannot write the whole as JSON (it answers 200 with a plain text when a rejected
 * configuration holds a type it does not know), this source asks section by section. What Envoy
 * cannot write even so is told by {@link EnvoyConfig#omissions()}.
 */
public interface AdminConfigSource extends ConfigSource {
  /**
   * The same source, of these sections alone. Each is one request; so several sections are not one
   * moment's state, as the whole is.
   *
   * @param sections the sections to ask for, at least one
   * @return the narrower source
   */
  AdminConfigSource only(ConfigSection... sections);

  /**
   * The same source, of the resources alone whose names match. Envoy adds the listeners that it
   * rejected, whatever their names.
   *
   * @param regex an RE2 expression that the whole name matches
   * @return the narrower source
   */
  AdminConfigSource named(String regex);

  @Override
  AdminConfigSource withLabels(Map<String, String> labels);
}
