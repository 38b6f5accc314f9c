package dev.pilothouse.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceMapTest {
  @TempDir Path root;

  @Test
  void saysWhatIsPresent() {
    FakeIstio.make(root);
    SourceMap map = SourceMap.of(root);
    assertThat(map.places(CommonChange.HTTP_ROUTES))
        .containsExactly(
            new SourcePlace(
                FakeIstio.ROUTE, "Modify HTTP route generation", true, java.util.List.of()));
    assertThat(map.places())
        .filteredOn(place -> place.path().equals("pilot/cmd/pilot-discovery"))
        .allMatch(SourcePlace::present)
        .hasSize(1);
    assertThat(map.places(CommonChange.LISTENERS)).noneMatch(SourcePlace::present);
    assertThat(map.changes()).containsOnlyKeys(CommonChange.values());
  }

  @Test
  void findsWhatHasMoved() {
    // As Istio's trees were before 1.22.
    FakeIstio.write(root, "pilot/pkg/networking/core/v1alpha3/route/route.go", "package route\n");
    assertThat(SourceMap.of(root).places(CommonChange.HTTP_ROUTES).get(0).movedTo())
        .containsExactly("pilot/pkg/networking/core/v1alpha3/route/route.go");
  }

  @Test
  void isATable() {
    FakeIstio.make(root);
    FakeIstio.write(root, "pilot/pkg/networking/core/v1alpha3/listener_builder.go", "");
    assertThat(SourceMap.of(root).table().lines())
        .anyMatch(line -> line.matches("  pilot/cmd/pilot-discovery +istiod's entry point"))
        .anyMatch(line -> line.matches("  manifests +.* \\(not in this tree\\)"))
        .anyMatch(line -> line.matches("  " + FakeIstio.ROUTE + " +Modify HTTP route generation"))
        .anyMatch(
            line -> line.endsWith("see pilot/pkg/networking/core/v1alpha3/listener_builder.go)"));
  }
}
