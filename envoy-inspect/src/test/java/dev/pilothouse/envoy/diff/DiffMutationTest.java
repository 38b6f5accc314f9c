package dev.pilothouse.envoy.diff;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.envoy.ConfigSource;
import dev.pilothouse.envoy.Dumps;
import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.diff.Difference.Change;
import dev.pilothouse.envoy.diff.Mutations.Mutation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** One changed field is one difference, at the right place. */
class DiffMutationTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<String> DUMPS =
      List.of(
          "istio-sidecar.json",
          "istiod-debug.json",
          "accepted.json",
          "warming-and-rejected.json",
          "discovered.json",
          "broken.json");

  @Test
  void oneChangeIsOneDifferenceAtItsPlace() throws IOException {
    Set<String> kinds = new TreeSet<>();
    List<String> wrong = new ArrayList<>();
    for (String name : DUMPS) {
      ObjectNode dump = (ObjectNode) MAPPER.readTree(Dumps.text(name));
      EnvoyConfig before = read(dump);
      for (Mutation mutation : Mutations.of(dump, before.resources())) {
        ObjectNode copy = dump.deepCopy();
        mutation.apply().accept(copy);
        List<Difference> found = EnvoyDiff.between(before, read(copy)).differences();
        kinds.add(mutation.kind());
        if (!isRight(mutation, found)) {
          wrong.add(mutation.change() + " " + mutation + ": " + found);
        }
      }
    }
    assertThat(wrong).as(kinds.size() + " kinds").isEmpty();
    assertThat(kinds).hasSizeGreaterThan(200);
  }

  private static boolean isRight(Mutation mutation, List<Difference> found) {
    if (mutation.change() == Change.MOVED && found.isEmpty()) {
      // Whether the order counts is the subject of other tests.
      return true;
    }
    if (found.size() != 1) {
      return false;
    }
    Difference one = found.get(0);
    String pointer = one.change() == Change.REMOVED ? one.pointerBefore() : one.pointerAfter();
    boolean rightPlace =
        mutation.pointer() == null
            || pointer.equals(mutation.pointer())
            || (one.change() == Change.CHANGED && one.pointerBefore().equals(mutation.pointer()));
    return one.change() == mutation.change() && rightPlace && namesTheField(mutation, one);
  }

  /** Its kind begins with the full name of the field. */
  private static boolean namesTheField(Mutation mutation, Difference one) {
    String field = mutation.kind().substring(0, mutation.kind().indexOf(' '));
    return field.equals("raw")
        || field.endsWith("Entry.value")
        || ("." + one.path().replaceAll("\\[[^]]*]", ""))
            .contains(field.substring(field.lastIndexOf('.')));
  }

  static EnvoyConfig read(ObjectNode dump) {
    return EnvoyConfigInspector.create().read(ConfigSource.text(dump.toString()));
  }
}
