package dev.pilothouse.envoy;

import java.nio.charset.StandardCharsets;

/** What an Envoy's admin interface answered. Immutable. */
public final class AdminReply {
  private final String request;
  private final int status;
  private final String contentType;
  private final byte[] body;

  AdminReply(String request, int status, String contentType, byte[] body) {
    this.request = request;
    this.status = status;
    this.contentType = contentType;
    this.body = body;
  }

  /**
   * The HTTP status.
   *
   * @return for example 200
   */
  public int status() {
    return status;
  }

  /**
   * The content type, as Envoy gives it. Envoy says {@code application/json} of texts that are no
   * JSON too.
   *
   * @return empty when there is none
   */
  public String contentType() {
    return contentType;
  }

  /**
   * The body as text.
   *
   * @return the whole body, read as UTF-8
   */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /**
   * The body as it came.
   *
   * @return the bytes; not copied, so they must not be changed
   */
  public byte[] bytes() {
    return body;
  }

  /**
   * The request that this answers.
   *
   * @return the verb and the address
   */
  public String request() {
    return request;
  }

  /**
   * The same, if the status is 200.
   *
   * @return this reply
   * @throws EnvoyConfigException if the status is another, with what Envoy said
   */
  public AdminReply ok() {
    if (status == 200) {
      return this;
    }
    String advice =
        switch (status) {
          case 404 -> "check that this is Envoy's admin interface, of a version that has this path";
          case 405 -> "Envoy wants another verb here";
          default -> "";
        };
    throw new EnvoyConfigException(
        request, "HTTP " + status + ": " + document().excerpt(), advice, null);
  }

  Document document() {
    return Document.of(request, body, null);
  }

  /** The request, the status and the size. */
  @Override
  public String toString() {
    return request + " → " + status + " (" + body.length + " bytes)";
  }
}
