package dev.pilothouse.benchmarks;

import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.Owner;
import dev.pilothouse.envoy.Route;
import dev.pilothouse.envoy.RouteResource;
import dev.pilothouse.envoy.VirtualHost;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Lists all routes of a dump, with what {@code istioctl proxy-config routes} tells of each. */
final class ListRoutes {
  private ListRoutes() {}

  public static void main(String[] arguments) throws IOException {
    EnvoyConfig config =
        EnvoyConfigInspector.create().read(ConfigSource.file(Path.of(arguments[0])));
    try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
      out.write(list(config).getBytes(StandardCharsets.UTF_8));
    }
  }

  static String list(EnvoyConfig config) {
    StringBuilder text = new StringBuilder(1 << 20);
    for (RouteResource routes : config.routeConfigurations()) {
      for (VirtualHost host : routes.virtualHosts()) {
        for (Route route : host.routes()) {
          text.append(routes.name()).append('\t').append(host.name()).append('\t');
          text.append(String.join(", ", host.domains())).append('\t').append(route.match());
          text.append('\t').append(route.owner().map(Owner::toString).orElse("")).append('\n');
        }
      }
    }
    return text.toString();
  }
}
