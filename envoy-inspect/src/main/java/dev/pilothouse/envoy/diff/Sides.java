package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How each side is to be read.
 *
 * @param before how the texts before are to be understood
 * @param after how the texts after are to be understood
 * @param leaveOutEmptyLocalities whether a locality without endpoints is nothing, as it is to Envoy
 *     when it writes its endpoints anew
 */
record Sides(Meaning before, Meaning after, boolean leaveOutEmptyLocalities) {
  private static final String LOCALITY = "envoy.config.endpoint.v3.LocalityLbEndpoints";

  boolean skips(Shape shape, JsonNode element) {
    return leaveOutEmptyLocalities
        && shape instanceof Shape.Known known
        && known.type().getFullName().equals(LOCALITY)
        && element.path("lb_endpoints").isEmpty()
        && element.path("lbEndpoints").isEmpty();
  }
}
