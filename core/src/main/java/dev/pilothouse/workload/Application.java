package dev.pilothouse.workload;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.LoopbackServer;
import dev.pilothouse.workload.WorkloadSpec.Port;
import dev.pilothouse.workload.WorkloadSpec.Protocol;
import dev.pilothouse.workload.WorkloadSpec.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What runs behind a workload's ports: Pilothouse's own servers, in this JVM, or the caller's. */
final class Application implements AutoCloseable {
  private final Map<Integer, Integer> ports = new LinkedHashMap<>();
  private final List<LoopbackServer> servers = new ArrayList<>();

  private Application() {}

  /** Starts what is Pilothouse's own; for a gateway that is nothing. */
  static Application start(WorkloadSpec spec) {
    Application application = new Application();
    if (spec.role() == Role.GATEWAY) {
      return application;
    }
    try {
      for (Port port : spec.ports()) {
        int listening = port.application().orElse(0);
        if (listening == 0) {
          LoopbackServer server = serve(spec, port);
          application.servers.add(server);
          listening = server.port();
        }
        application.ports.put(port.number(), listening);
      }
      return application;
    } catch (IOException e) {
      application.close();
      throw new PilothouseException(
          "starting the application of " + spec.proxyId(), e.toString(), "", null, e);
    }
  }

  private static LoopbackServer serve(WorkloadSpec spec, Port port) throws IOException {
    String name = "pilothouse-" + spec.proxyId() + "-" + port.name();
    return port.protocol() == Protocol.TCP
        ? LoopbackServer.echo(name)
        : LoopbackServer.start(name, new RequestTeller(spec));
  }

  /** Where it listens on 127.0.0.1, by the Service's port. */
  Map<Integer, Integer> ports() {
    return ports;
  }

  @Override
  public void close() {
    servers.forEach(LoopbackServer::close);
  }
}
