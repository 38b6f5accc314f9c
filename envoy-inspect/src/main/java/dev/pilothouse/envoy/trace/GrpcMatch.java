package dev.pilothouse.envoy.trace;

/** The condition that a request is one of gRPC. */
final class GrpcMatch implements Condition {
  private static final String TYPE = "application/grpc";

  @Override
  public Verdict test(Facts facts) {
    String type = facts.header("content-type");
    return Verdict.of(
        !facts.connect()
            && type != null
            && type.startsWith(TYPE)
            && (type.length() == TYPE.length() || type.charAt(TYPE.length()) == '+'));
  }

  @Override
  public String reason(Facts facts) {
    return "the content-type is "
        + (facts.header("content-type") == null ? "missing" : facts.header("content-type"))
        + ", not that of gRPC";
  }
}
