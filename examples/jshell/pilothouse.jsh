// Start-up file for JShell: `make jshell` runs it. Opens dumps and shows what is in them.
import dev.pilothouse.envoy.*;
import dev.pilothouse.envoy.admin.*;
import dev.pilothouse.envoy.assertj.*;
import dev.pilothouse.envoy.diff.*;
import dev.pilothouse.envoy.lint.*;
import dev.pilothouse.envoy.table.*;
import dev.pilothouse.envoy.trace.*;
import dev.pilothouse.envoy.xds.*;
import static dev.pilothouse.envoy.assertj.EnvoyAssertions.*;
import java.net.URI;
import java.nio.file.*;
import java.time.*;
import java.util.*;

// A configuration from a file: what Envoy's /config_dump, istiod's /debug/config_dump or istioctl wrote.
EnvoyConfig open(String file) {
  return EnvoyConfigInspector.create().read(ConfigSource.file(Path.of(file)));
}

// A configuration from a text.
EnvoyConfig parse(String json) {
  return EnvoyConfigInspector.create().read(ConfigSource.text(json));
}

// A configuration from a running Envoy, as live("http://127.0.0.1:15000").
EnvoyConfig live(String admin) {
  return EnvoyConfigInspector.create().read(ConfigSource.admin(URI.create(admin)));
}

// The tables of a configuration; show(tables(config)) is everything.
EnvoyTables tables(EnvoyConfig config) {
  return EnvoyTables.of(config);
}

// Where a request would go, and why.
Trace trace(EnvoyConfig config, Connection connection, HttpRequest request) {
  return RequestTracer.of(config).trace(connection, request);
}

// What differs between two configurations, by meaning.
EnvoyDiff diff(EnvoyConfig before, EnvoyConfig after) {
  return EnvoyDiff.between(before, after);
}

// What is broken in a configuration.
LintReport lint(EnvoyConfig config) {
  return EnvoyLint.create().check(config);
}

void show(Table table) { System.out.print(table.table()); }
void show(EnvoyTables all) { System.out.print(all.table()); }
void show(EnvoyDiff diff) { System.out.print(diff.table()); }
void show(Trace trace) { System.out.print(trace.explain()); }
void show(LintReport report) { System.out.print(report.table()); }
void show(Object thing) { System.out.println(thing); }

// Runs an assertion, and shows what it says instead of a stack trace.
void check(Runnable assertion) {
  try {
    assertion.run();
    System.out.println("holds");
  } catch (AssertionError failure) {
    System.out.println(failure.getMessage().strip());
  }
}
