package dev.pilothouse.envoy.diff;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.pilothouse.envoy.EnvoyTypes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is known of Envoy's fields, against its own descriptors: a wrong name would do nothing. */
class KnownFieldsTest {
  @Test
  void whatHasNoOrderIsAList() {
    assertThat(ListRules.WITHOUT_ORDER)
        .allSatisfy(
            name -> {
              FieldDescriptor field = field(name);
              assertThat(field.isRepeated()).isTrue();
              assertThat(field.isMapField()).isFalse();
            });
  }

  @Test
  void whatHasADefaultIsNoList() {
    assertThat(Defaults.MEANINGS.keySet())
        .allSatisfy(name -> assertThat(field(name).isRepeated()).isFalse());
  }

  @Test
  void identitiesAreOfFieldsThatThereAre() {
    ListRules.IDENTITIES.forEach(
        (message, alternatives) -> {
          Descriptor type = EnvoyTypes.descriptor(message).orElseThrow();
          List<String> last = alternatives.get(alternatives.size() - 1);
          for (String path : last) {
            Descriptor at = type;
            for (String step : path.split("\\.", -1)) {
              FieldDescriptor field = at.findFieldByName(step);
              assertThat(field).as(message + " " + path).isNotNull();
              at = step.equals("header") ? field.getMessageType() : at;
              at = step.equals("endpoint") ? field.getMessageType() : at;
            }
          }
        });
  }

  private static FieldDescriptor field(String fullName) {
    int dot = fullName.lastIndexOf('.');
    Descriptor type = EnvoyTypes.descriptor(fullName.substring(0, dot)).orElseThrow();
    FieldDescriptor field = type.findFieldByName(fullName.substring(dot + 1));
    assertThat(field).as(fullName).isNotNull();
    return field;
  }
}
