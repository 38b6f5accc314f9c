package dev.pilothouse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

class AppliedResourceTest {
  @Test
  void theDifferenceHoldsWhatWasChangedAndNothingElse() throws JsonProcessingException {
    JsonNode from = yaml("{same: 1, changed: [1, 2], added: x, inner: {same: 1, added: {a: b}}}");
    JsonNode to = yaml("{same: 1, changed: [2], removed: {a: 1}, inner: {same: 1, other: true}}");

    assertThat(AppliedResource.difference(from, to))
        .isEqualTo(
            yaml(
                "{changed: [2], added: null, removed: {a: 1}, inner: {added: null, other: true}}"));
  }

  @Test
  void equalObjectsDoNotDiffer() throws JsonProcessingException {
    JsonNode object = yaml("{a: {b: [1, {c: d}]}}");

    assertThat(AppliedResource.difference(object, object.deepCopy())).isEmpty();
  }

  private static JsonNode yaml(String text) throws JsonProcessingException {
    return new YAMLMapper().readTree(text);
  }
}
