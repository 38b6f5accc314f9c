package dev.pilothouse.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.doctor.Diagnosis.Check;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import dev.pilothouse.internal.Nearest;
import java.util.ArrayList;
import java.util.List;

/** What the API server says of the resource. */
final class Stored {
  private static final String WEBHOOKS =
      "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";

  private Stored() {}

  static Check accepted(Case c) {
    JsonNode found = c.server().find(c.kind().path(c.namespace(), c.name()));
    if (found != null) {
      c.found(found);
      String since = found.at("/metadata/creationTimestamp").asText();
      return Check.holds(
          Link.ACCEPTED, "the API server has generation " + generation(found) + ", since " + since);
    }
    JsonNode all = c.server().find(c.kind().everywhere());
    if (all == null) {
      return Check.broken(
          Link.ACCEPTED,
          "the API server does not know the kind " + c.kind().kind(),
          "there is no " + c.kind().everywhere() + ": the CRDs of Istio are not installed");
    }
    List<String> evidence = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (JsonNode other : all.path("items")) {
      String namespace = other.at("/metadata/namespace").asText();
      String name = other.at("/metadata/name").asText();
      if (name.equals(c.name())) {
        evidence.add("there is one of that name in namespace " + namespace);
      } else if (namespace.equals(c.namespace())) {
        names.add(name);
      }
    }
    if (c.kind() == IstioKind.GATEWAY && ofGatewayApi(c)) {
      evidence.add("there is one of the Gateway API, which the doctor does not follow");
    }
    String near = Nearest.suggestion(c.name(), names);
    if (!near.isEmpty()) {
      evidence.add("the namespace has others" + near);
    }
    return Check.broken(Link.ACCEPTED, "the API server has no " + c.title(), evidence);
  }

  private static boolean ofGatewayApi(Case c) {
    String path = "/apis/gateway.networking.k8s.io/v1/namespaces/%s/gateways/%s";
    return c.server().find(path.formatted(c.namespace(), c.name())) != null;
  }

  static long generation(JsonNode object) {
    return object.at("/metadata/generation").asLong();
  }

  /** An update that changes nothing, as a dry run: the webhooks have their say. */
  static Check valid(Case c) {
    String path = c.kind().path(c.namespace(), c.name());
    Answer answer =
        c.server().call("PUT", path + "?dryRun=All", ApiServer.JSON, c.object().toString());
    if (answer.ok()) {
      return validates(c)
          ? Check.holds(Link.VALID, "istiod's validation has no objection")
          : Check.undecided(
              Link.VALID, "no validation webhook is registered for " + c.kind().apiVersion());
    }
    String words = answer.words();
    if (words.contains("denied the request") || answer.code() == 422) {
      return Check.broken(Link.VALID, "it is not valid; it was stored when nobody looked", words);
    }
    return Check.undecided(Link.VALID, "the validation cannot be asked", words);
  }

  private static boolean validates(Case c) {
    String group = c.kind().apiVersion().substring(0, c.kind().apiVersion().indexOf('/'));
    JsonNode all = c.server().find(WEBHOOKS);
    if (all == null) {
      return false;
    }
    for (JsonNode configuration : all.path("items")) {
      for (JsonNode webhook : configuration.path("webhooks")) {
        for (JsonNode rule : webhook.path("rules")) {
          for (JsonNode of : rule.path("apiGroups")) {
            if (of.asText().equals(group) || of.asText().equals("*")) {
              return true;
            }
          }
        }
      }
    }
    return false;
  }
}
