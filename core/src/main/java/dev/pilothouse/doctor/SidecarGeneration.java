package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.console.IstiodDebug;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.envoy.ClusterName;
import dev.pilothouse.internal.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What istiod makes of a Sidecar: the services it tells the proxy of, and inbound listeners. */
final class SidecarGeneration {
  private final Case c;
  private final List<IstiodDebug.Service> services;
  private final List<String> lost = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private SidecarGeneration(Case c) {
    this.c = c;
    this.services = c.istiod().debug().services();
  }

  static Check check(Case c) {
    return new SidecarGeneration(c).check();
  }

  private Check check() {
    for (JsonNode listener : c.spec().path("egress")) {
      Hosts.texts(listener.path("hosts")).forEach(this::egress);
    }
    for (JsonNode listener : c.spec().path("ingress")) {
      ingress(listener.at("/port/number").asInt());
    }
    if (!lost.isEmpty()) {
      lost.addAll(notes);
      return Check.broken(Link.GENERATED, lost.remove(0), lost);
    }
    String words =
        "the proxy is told of "
            + new TreeSet<>(Hosts.inScope(c)).size()
            + " of the "
            + services.size()
            + " services that istiod knows";
    return Check.holds(Link.GENERATED, words, notes.toArray(new String[0]));
  }

  private void egress(String entry) {
    int slash = entry.indexOf('/');
    String given = slash < 0 ? "*" : entry.substring(0, slash);
    String host = entry.substring(slash + 1);
    String namespace = given.equals(".") ? c.proxyNamespace() : given;
    if (namespace.equals("~") || imports(namespace, host)) {
      return;
    }
    if (!host.startsWith("*")) {
      List<String> known = services.stream().map(IstiodDebug.Service::hostname).toList();
      lost.add(
          "its egress host "
              + entry
              + " is nobody's: a host is a whole name"
              + Nearest.suggestion(Hosts.resolved(host, c.proxyNamespace()), known));
      lost.add("istiod knows " + known);
    } else if (!namespace.equals("*")
        && c.server().find("/api/v1/namespaces/" + namespace) == null) {
      lost.add("its egress host " + entry + " is of a namespace that is not there");
    } else {
      notes.add("egress host " + entry + " is nobody's now");
    }
  }

  private boolean imports(String namespace, String host) {
    return services.stream()
            .filter(service -> namespace.equals("*") || service.namespace().equals(namespace))
            .anyMatch(service -> Hosts.overlap(host, service.hostname()))
        || c.configs(IstioKind.VIRTUAL_SERVICE).stream()
            .filter(route -> namespace.equals("*") || route.namespace().equals(namespace))
            .flatMap(
                route -> Hosts.resolved(route.json().at("/spec/hosts"), route.namespace()).stream())
            .anyMatch(other -> Hosts.overlap(host, other));
  }

  private void ingress(int port) {
    boolean made =
        c.pushed().clusters().stream()
            .flatMap(cluster -> cluster.parsedName().stream())
            .filter(name -> name.direction().equals("inbound"))
            .map(ClusterName::port)
            .anyMatch(inbound -> inbound == port);
    if (!made) {
      lost.add("istiod makes nothing of its ingress port " + port);
    }
  }
}
