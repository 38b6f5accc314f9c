package dev.pilothouse.envoy.trace;

/** Answers of Envoy's own, in the form that the client gets. */
final class OwnAnswer {
  private static final GrpcMatch GRPC = new GrpcMatch();

  private OwnAnswer() {}

  /**
   * What gRPC and HEAD make of an outcome: answers to gRPC are always 200 and tell by their {@code
   * grpc-status}, and those to HEAD have no body. What is no answer of Envoy's stays.
   */
  static Outcome of(Outcome outcome, Facts facts) {
    if (outcome instanceof Outcome.DirectResponse direct) {
      if (grpc(facts)) {
        return new Outcome.DirectResponse(200, "");
      }
      return facts.method().equals("HEAD")
          ? new Outcome.DirectResponse(direct.status(), "")
          : direct;
    }
    if (outcome instanceof Outcome.LocalReply reply && grpc(facts)) {
      String told = ", told as grpc-status " + grpcStatus(reply.status());
      return new Outcome.LocalReply(200, reply.why() + told);
    }
    if (outcome instanceof Outcome.Redirect redirect && grpc(facts)) {
      String why = redirect.why().isEmpty() ? "" : redirect.why() + ", ";
      String told = why + "as an answer to gRPC";
      return new Outcome.Redirect(200, redirect.location(), told);
    }
    return outcome;
  }

  private static boolean grpc(Facts facts) {
    return GRPC.test(facts) == Verdict.YES;
  }

  private static int grpcStatus(int http) {
    return switch (http) {
      case 400 -> 13;
      case 401 -> 16;
      case 403 -> 7;
      case 404 -> 12;
      case 429, 502, 503, 504 -> 14;
      default -> 2;
    };
  }
}
