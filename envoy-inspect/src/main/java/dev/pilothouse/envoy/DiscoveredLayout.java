package dev.pilothouse.envoy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.envoy.Resource.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where resources from a control plane would lie in Envoy's config dump: what they hold is written
 * only when somebody asks for the whole, but each knows its pointer before.
 */
final class DiscoveredLayout {
  private final List<DiscoveredResource> resources;
  private final List<Slot> slots;

  /** The place of one resource: in which of the configs, and at which index of its section. */
  record Slot(int config, ConfigSection section, State state, int index, boolean empty) {
    String pointer() {
      String entry = "/configs/" + config + "/" + section.fieldName() + "/" + index;
      if (empty) {
        return entry;
      }
      if (state == State.REJECTED) {
        return entry + "/error_state/failed_configuration";
      }
      if (section.payloadField().isEmpty()) {
        return entry + "/" + stateField(state) + "/listener";
      }
      return entry + "/" + section.payloadField() + (holdsArray(section) ? "/0" : "");
    }
  }

  DiscoveredLayout(List<DiscoveredResource> resources) {
    this.resources = resources;
    this.slots = new ArrayList<>(resources.size());
    Map<String, Integer> configs = new HashMap<>();
    Map<ConfigSection, Integer> counts = new HashMap<>();
    for (DiscoveredResource resource : resources) {
      ConfigSection section = resource.section();
      int config = configs.computeIfAbsent(section.dumpTypeUrl(), type -> configs.size());
      int index = counts.merge(section, 1, Integer::sum) - 1;
      slots.add(new Slot(config, section, resource.state(), index, resource.content() == null));
    }
  }

  Slot slot(int resource) {
    return slots.get(resource);
  }

  /** Writes everything, as Envoy would. */
  void writeTo(ArrayNode configs) {
    for (int i = 0; i < resources.size(); i++) {
      Slot slot = slots.get(i);
      while (configs.size() <= slot.config()) {
        configs.addObject().put("@type", slot.section().dumpTypeUrl());
      }
      ObjectNode config = (ObjectNode) configs.get(slot.config());
      config.withArray("/" + slot.section().fieldName()).add(entry(resources.get(i), slot));
    }
  }

  private static ObjectNode entry(DiscoveredResource resource, Slot slot) {
    ObjectNode entry = Json.MAPPER.createObjectNode();
    ProtobufContent content = resource.content();
    boolean rejected = slot.state() == State.REJECTED;
    boolean inState = rejected || slot.section().payloadField().isEmpty();
    if (content == null || inState || slot.section().payloadField().equals("secret")) {
      entry.put("name", resource.name());
    }
    if (content == null) {
      return entry;
    }
    ObjectNode in = inState ? entry.putObject(stateField(slot.state())) : entry;
    if (!resource.version().isEmpty()) {
      in.put("version_info", resource.version());
    }
    JsonNode json =
        new MessageJson(slot.pointer()).root(content.typeUrl(), content.messageOrBytes());
    if (rejected) {
      in.set("failed_configuration", json);
    } else if (slot.section().payloadField().isEmpty()) {
      in.set("listener", json);
    } else if (holdsArray(slot.section())) {
      in.putArray(slot.section().payloadField()).add(json);
    } else {
      in.set(slot.section().payloadField(), json);
    }
    if (resource.lastUpdated() != null) {
      in.put(rejected ? "last_update_attempt" : "last_updated", resource.lastUpdated().toString());
    }
    if (rejected) {
      in.put("details", resource.reason());
    }
    return entry;
  }

  private static boolean holdsArray(ConfigSection section) {
    return section.payloadField().endsWith("configs");
  }

  private static String stateField(State state) {
    return state == State.REJECTED
        ? "error_state"
        : (state == State.UNKNOWN ? State.ACTIVE : state).name().toLowerCase(Locale.ROOT)
            + "_state";
  }
}
