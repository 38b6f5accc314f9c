package dev.pilothouse.cluster;

import dev.pilothouse.failure.PilothouseException;

/**
 * A resource was not applied. The message names the resource, its place in the manifests, and what
 * the API server (or the webhook that it asked) said. What the same call had applied before it is
 * undone; if that failed too, it is among the {@linkplain #getSuppressed() suppressed} exceptions.
 */
public final class ApplyException extends PilothouseException {
  private static final long serialVersionUID = 1L;

  private final String resource;
  private final String place;
  private final int status;

  ApplyException(String resource, String place, int status, String cameBack, String toDo) {
    super("applying " + resource + " (" + place + ")", cameBack, toDo, null, null);
    this.resource = resource;
    this.place = place;
    this.status = status;
  }

  /**
   * Which resource it is.
   *
   * @return kind, namespace and name, as {@code VirtualService default/reviews}
   */
  public String resource() {
    return resource;
  }

  /**
   * Where it stands.
   *
   * @return the place, as {@code routes.yaml, document 2}
   */
  public String place() {
    return place;
  }

  /**
   * What the API server answered.
   *
   * @return the HTTP status, or 0 if the resource was not sent at all
   */
  public int status() {
    return status;
  }
}
