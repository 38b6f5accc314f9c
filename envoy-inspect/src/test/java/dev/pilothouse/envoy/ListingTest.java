package dev.pilothouse.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pilothouse.envoy.Resource.State;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a real istioctl printed of a recorded dump, beside that dump. */
class ListingTest {
  static Stream<Arguments> lists() {
    return Stream.of(
        Arguments.of("listeners", ListenerResource.class),
        Arguments.of("clusters", ClusterResource.class),
        Arguments.of("routes", RouteResource.class),
        Arguments.of("eds", EndpointResource.class));
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aListHasWhatTheDumpHas(String list, Class<? extends Resource> type) {
    EnvoyConfig dump = Dumps.read("istio-sidecar.json");
    EnvoyConfig config = Dumps.read("istioctl/" + list + ".json");

    assertThat(config.resources())
        .isNotEmpty()
        .hasOnlyElementsOfType(type)
        .allSatisfy(
            r -> {
              assertThat(r.state()).isEqualTo(State.ACTIVE);
              assertThat(config.raw().at(r.pointer())).isEqualTo(r.raw());
              assertThat(r.message()).isEqualTo(named(dump, type, r.name()).message());
            });
    // istioctl leaves out clusters that have no endpoints.
    assertThat(config.resources())
        .extracting(Resource::name)
        .containsExactlyInAnyOrderElementsOf(
            dump.resources().stream()
                .filter(type::isInstance)
                .filter(r -> !(r instanceof EndpointResource e) || !e.endpoints().isEmpty())
                .map(Resource::name)
                .toList());
  }

  @ParameterizedTest
  @CsvSource({"bootstrap, istio-sidecar.json", "secret, discovered.json", "ecds, discovered.json"})
  void aPartHasWhatTheDumpHas(String part, String recorded) {
    EnvoyConfig dump = Dumps.read(recorded);
    EnvoyConfig config = Dumps.read("istioctl/" + part + ".json");

    assertThat(config.resources()).isNotEmpty();
    for (Resource resource : config.resources()) {
      assertThat(dump.section(resource.section()))
          .filteredOn(r -> r.name().equals(resource.name()))
          .singleElement()
          .satisfies(
              same -> {
                assertThat(same.state()).isEqualTo(resource.state());
                assertThat(same.version()).isEqualTo(resource.version());
                assertThat(same.lastUpdated()).isEqualTo(resource.lastUpdated());
                assertThat(same.message()).isEqualTo(resource.message());
              });
    }
  }

  @Test
  void aListOfSomethingElseIsRefused() {
    for (String text :
        new String[] {
          "[{\"kind\": \"Pod\"}]",
          "[1]",
          "[{\"virtualHosts\": []}, 7]",
          "[{\"virtualHosts\": []}, {\"loadAssignment\": {}}]",
          "[{\"virtualHosts\": []}] x",
        }) {
      assertThatThrownBy(() -> read(text)).isInstanceOf(EnvoyConfigException.class);
    }
  }

  @Test
  void aFaultInsideSaysWhereItIs() {
    String cut = "[{\"name\": \"80\", \"virtualHosts\": [\n";
    EnvoyConfigException fault = catchThrowableOfType(EnvoyConfigException.class, () -> read(cut));
    assertThat(fault.place().orElseThrow().offset()).isEqualTo(cut.length());
    assertThat(fault.place().orElseThrow().pointer()).startsWith("/0/virtualHosts");

    String part = "{\"dynamicActiveSecrets\": [7]}";
    fault = catchThrowableOfType(EnvoyConfigException.class, () -> read(part));
    assertThat(fault.place().orElseThrow().offset()).isEqualTo(part.indexOf('7'));
    assertThat(fault.place().orElseThrow().pointer())
        .isEqualTo("/configs/0/dynamicActiveSecrets/0");
  }

  private static Resource named(EnvoyConfig dump, Class<? extends Resource> type, String name) {
    return dump.resources().stream()
        .filter(type::isInstance)
        .filter(r -> r.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static EnvoyConfig read(String text) {
    return EnvoyConfigInspector.create().read(ConfigSource.text(text));
  }
}
