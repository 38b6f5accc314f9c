package dev.pilothouse.envoy.xds;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Says why a stream ended: the server's words first, then what lies beneath. */
final class StreamFault {
  static final String COMPLETED = "the server ended the stream";

  private StreamFault() {}

  static String describe(Throwable fault) {
    Status status = Status.fromThrowable(fault);
    StringBuilder text = new StringBuilder(status.getCode().name());
    if (status.getDescription() != null) {
      text.append(": ").append(status.getDescription());
    }
    @Nullable Throwable cause = status.getCause();
    for (int i = 0; cause != null && i < 10; i++) {
      String message = cause.getMessage();
      if (message != null && text.indexOf(message) < 0) {
        text.append("; ").append(message);
      }
      cause = cause.getCause();
    }
    return text.toString();
  }
}
