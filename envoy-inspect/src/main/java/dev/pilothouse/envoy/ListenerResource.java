package dev.pilothouse.envoy;

import dev.pilothouse.envoy.DumpScanner.Scanned;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A listener, from LDS or the bootstrap. */
public final class ListenerResource extends Resource {
  private record View(
      Address address,
      List<Address> additionalAddresses,
      List<FilterChain> filterChains,
      @Nullable Owner owner) {}

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

  /**
   * The Istio object that it was made from. Mostly its filter chains tell, and it does not.
   *
   * @return the owner, or empty when the listener does not say
   * @throws EnvoyConfigException if something in it has another type than it should
   */
  @Override
  public Optional<Owner> owner() {
    return Optional.ofNullable(view().owner());
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
        List.copyOf(chains),
        Owner.of(json).orElse(null));
  }
}
