package dev.pilothouse.envoy;

import com.fasterxml.jackson.core.ErrorReportConfiguration;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;

/** How this module reads JSON: with bounds on what a hostile or broken document may ask for. */
final class Json {
  static final int MAX_DEPTH = 500;
  // Far more than the largest real dump has, and few enough to fit in memory as a tree.
  private static final long MAX_TOKENS = 20_000_000;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxTokenCount(MAX_TOKENS)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          // Nobody knows what text it is that should have been JSON: the offset must do.
          .errorReportConfiguration(
              ErrorReportConfiguration.builder().maxErrorTokenLength(0).build())
          .build();

  /** Shared: it is safe for use by several threads and its configuration never changes. */
  static final ObjectMapper MAPPER = new ObjectMapper(FACTORY);

  private Json() {}
}
