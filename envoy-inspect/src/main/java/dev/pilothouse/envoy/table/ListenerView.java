package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.ListenerResource;
import java.util.ArrayList;
import java.util.List;

/**
 * What the table asks of a listener.
 *
 * @param resource the listener
 * @param json what it holds
 * @param chains its filter chains, the default one last
 */
record ListenerView(ListenerResource resource, Fields json, List<Fields> chains) {
  static ListenerView of(ListenerResource resource) {
    Fields json = new Fields(resource.raw());
    List<Fields> chains = new ArrayList<>(json.objects("filter_chains"));
    if (json.has("default_filter_chain")) {
      chains.add(json.object("default_filter_chain"));
    }
    return new ListenerView(resource, json, List.copyOf(chains));
  }

  /** Where it listens, without ports; the first is its main one, and there is always one. */
  List<String> addresses() {
    List<String> all = new ArrayList<>();
    all.add(address(json));
    json.objects("additional_addresses").forEach(more -> all.add(address(more)));
    return all;
  }

  String port() {
    String port = json.object("address").object("socket_address").text("port_value");
    return port.isEmpty() ? "0" : port;
  }

  /** By its filters, as istioctl has it: what leads into the black hole does not count. */
  String type() {
    boolean http = false;
    boolean tcp = false;
    for (Fields chain : chains) {
      for (Fields filter : chain.objects("filters")) {
        http |= FiltersText.isHttp(filter);
        tcp |= FiltersText.isTcp(filter) && !DestinationText.leadsNowhere(filter);
      }
    }
    return http ? tcp ? "HTTP+TCP" : "HTTP" : tcp ? "TCP" : "UNKNOWN";
  }

  String match(Fields chain) {
    if (json.has("filter_chain_matcher")) {
      return MatcherText.of(json.object("filter_chain_matcher"), chain.text("name"));
    }
    return ChainMatchText.of(chain.object("filter_chain_match"));
  }

  private static String address(Fields holder) {
    Fields address = holder.object("address");
    if (address.has("socket_address")) {
      return address.object("socket_address").text("address");
    }
    if (address.has("pipe")) {
      return address.object("pipe").text("path");
    }
    String internal = address.object("envoy_internal_address").text("server_listener_name");
    return internal.isEmpty() ? "" : "internal:" + internal;
  }
}
