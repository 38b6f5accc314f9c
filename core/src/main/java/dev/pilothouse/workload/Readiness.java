package dev.pilothouse.workload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.envoy.AdminReply;
import dev.pilothouse.envoy.EnvoyConfigException;
import dev.pilothouse.envoy.ReadLimits;
import dev.pilothouse.envoy.admin.EnvoyAdmin;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.istiod.Istiod;
import dev.pilothouse.istiod.MeshProfile;
import dev.pilothouse.istiod.ProxySync;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ToolboxException;
import dev.pilothouse.workload.WorkloadSpec.Port;
import dev.pilothouse.workload.WorkloadSpec.Role;
import dev.pilothouse.workload.WorkloadSpec.Security;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits until a workload's Envoy is ready, and says why when it does not get there. Used once. */
final class Readiness {
  private static final int TAIL_LINES = 15;
  private static final String WAITS_FOR_CERTIFICATES = "It waits for the certificates ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String tried;
  private final WorkloadSpec spec;
  private final Site site;
  private final Istiod istiod;
  private final EnvoyAdmin admin;
  private final ManagedProcess process;
  private String seen = "It has not answered yet";
  private @Nullable ProxySync rejected;
  private boolean cannotGetCertificates;

  Readiness(
      String tried,
      WorkloadSpec spec,
      Site site,
      Istiod istiod,
      EnvoyAdmin admin,
      ManagedProcess process) {
    this.tried = tried;
    this.spec = spec;
    this.site = site;
    this.istiod = istiod;
    this.admin = admin;
    this.process = process;
  }

  void await(Duration deadline) {
    try {
      process.await("its Envoy is in sync, live and listens", this::readyOrRejected, deadline);
    } catch (ToolboxException e) {
      throw failure(seen + missingCertificates() + line() + e.summary(), e);
    }
    if (cannotGetCertificates) {
      throw failure(seen + missingCertificates(), null);
    }
    if (rejected != null) {
      StringBuilder text = new StringBuilder("its Envoy rejects what istiod sends").append(line());
      text.append(rejected.table()).append(line()).append("The end of its log:");
      process.logTail(TAIL_LINES).forEach(entry -> text.append(line()).append("  ").append(entry));
      throw failure(text.toString(), null);
    }
  }

  private boolean readyOrRejected() {
    boolean live = isLive();
    List<ProxySync> mine =
        istiod.proxies().stream().filter(p -> p.proxyId().equals(spec.proxyId())).toList();
    for (ProxySync sync : mine) {
      if (sync.rejected()) {
        rejected = sync;
        return true;
      }
    }
    if (mine.isEmpty()) {
      seen = "Seen last: it is not connected to istiod";
      return false;
    }
    seen = "Seen last: its Envoy is " + (live ? "live" : "not live") + "; in istiod's view ";
    mine.forEach(sync -> seen += sync.table());
    if (!mine.stream().allMatch(ProxySync::inSync)) {
      return false;
    }
    // A plaintext Envoy has nobody to ask for certificates: it would wait for ever.
    cannotGetCertificates =
        !live && spec.security() == Security.PLAINTEXT && !missingCertificates().isEmpty();
    return cannotGetCertificates || (live && listens());
  }

  private boolean isLive() {
    try {
      return admin.ready();
    } catch (EnvoyConfigException e) {
      return false; // It does not answer yet.
    }
  }

  /** Whether the kernel knows of all its listeners. */
  private boolean listens() {
    ListeningSockets sockets = ListeningSockets.now();
    List<InetSocketAddress> expected = new ArrayList<>(configured());
    if (spec.role() == Role.SIDECAR) {
      spec.ports().forEach(port -> expected.add(inbound(port)));
    }
    for (InetSocketAddress address : expected) {
      if (!sockets.has(address)) {
        seen += line() + "Nothing listens at " + address;
        return false;
      }
    }
    return true;
  }

  private InetSocketAddress inbound(Port port) {
    return site.inbound(port.number());
  }

  private List<InetSocketAddress> configured() {
    List<InetSocketAddress> addresses = new ArrayList<>();
    String path = "/listeners?format=json";
    String answer = admin.endpoint().get(path, ReadLimits.DEFAULT).ok().text();
    for (JsonNode listener : parse(path, answer).path("listener_statuses")) {
      JsonNode address = listener.path("local_address").path("socket_address");
      if (address.isObject()) {
        addresses.add(
            new InetSocketAddress(
                address.path("address").asText(), address.path("port_value").asInt()));
      }
    }
    return addresses;
  }

  /** The certificates that an Envoy waits for which is in sync and not live. */
  private String missingCertificates() {
    try {
      String path = "/config_dump?resource=dynamic_warming_secrets";
      List<String> names = new ArrayList<>();
      AdminReply reply = admin.endpoint().get(path, ReadLimits.DEFAULT);
      if (reply.status() == 200) { // Else there are none.
        parse(path, reply.text()).path("configs").findValuesAsText("name").forEach(names::add);
      }
      return names.isEmpty() ? "" : line() + WAITS_FOR_CERTIFICATES + names;
    } catch (EnvoyConfigException e) {
      return ""; // It does not answer; its log says why.
    }
  }

  private static JsonNode parse(String path, String answer) {
    try {
      return JSON.readTree(answer);
    } catch (JsonProcessingException e) {
      throw new EnvoyConfigException(
          "GET " + path, "the answer is no JSON: " + answer.strip(), "", e);
    }
  }

  private PilothouseException failure(String cameBack, @Nullable Throwable cause) {
    return new PilothouseException(tried, cameBack, advice(cameBack), null, cause);
  }

  private String advice(String cameBack) {
    boolean defaults = istiod.spec().profile() == MeshProfile.ISTIO_DEFAULTS;
    if (defaults && cameBack.contains("Didn't find a registered implementation")) {
      return "this Envoy lacks Istio's own filters: deploy istiod with"
          + " MeshProfile.UPSTREAM_ENVOY, or name Istio's own Envoy in the toolbox";
    }
    if (cameBack.contains("Address already in use")) {
      return "another program listens on that port, at this address or at all addresses: see"
          + " ss -ltnp, and end it or give the Service another port";
    }
    if (spec.security() == Security.PLAINTEXT && cameBack.contains(WAITS_FOR_CERTIFICATES)) {
      return "istiod has it wait for certificates, which a plaintext workload cannot get: deploy"
          + " istiod with MeshProfile.UPSTREAM_ENVOY, or the workload with Security.MUTUAL_TLS";
    }
    return "";
  }

  private static String line() {
    return System.lineSeparator();
  }
}
