package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.AdminEndpoint;
import dev.pilothouse.envoy.AdminReply;
import dev.pilothouse.envoy.ConfigDump;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.ReadLimits;
import java.nio.charset.StandardCharsets;

/** The answer to one query, as it is. */
record QuerySource(AdminEndpoint endpoint, ConfigDumpQuery query) implements ConfigSource {
  @Override
  public String describe() {
    return endpoint + query.path();
  }

  @Override
  public ConfigDump fetch(ReadLimits limits) {
    AdminReply reply = endpoint.get(query.path(), limits);
    // So Envoy says that a section has no entries.
    boolean empty = reply.status() == 404 && reply.text().endsWith("not found in config dump");
    byte[] json = empty ? "{}".getBytes(StandardCharsets.UTF_8) : reply.ok().bytes();
    return query
        .section()
        .map(section -> ConfigDump.ofSection(describe(), section, json))
        .orElseGet(() -> ConfigDump.of(describe(), json));
  }
}
