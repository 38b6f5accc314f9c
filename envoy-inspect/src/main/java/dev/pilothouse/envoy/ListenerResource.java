package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.ArrayList;
import java.util.List;

/** A listener, from LDS or the bootstrap. */
public final class ListenerResource extends Resource {
  private record View(
      Address address, List<Address> additionalAddresses, List<FilterChain> filterChains) {}

  ListenerResource(Scanned found, Content content) {
    super(found, content);
  }

  /**
   * Where it listens.
   *
   * @return the address
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public Address address() {
    return view().address();
  }

  /**
   * Where it listens besides.
   *
   * @return the further addresses; mostly none
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public List<Address> additionalAddresses() {
    return view().additionalAddresses();
  }

  /**
   * Its filter chains.
   *
   * @return in the order of the JSON, the default chain last
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  public List<FilterChain> filterChains() {
    return view().filterChains();
  }

  private View view() {
    return content().view(View.class, ListenerResource::read);
  }

  private static View read(JsonObject json) {
    List<FilterChain> chains =
        new ArrayList<>(json.objects("filter_chains", chain -> FilterChain.of(chain, false)));
    if (json.has("default_filter_chain")) {
      chains.add(FilterChain.of(json.object("default_filter_chain"), true));
    }
    return new View(
        Address.of(json.object("address")),
        json.objects("additional_addresses", more -> Address.of(more.object("address"))),
        List.copyOf(chains));
  }
}
