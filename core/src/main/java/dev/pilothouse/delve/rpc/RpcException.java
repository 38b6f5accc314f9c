package dev.pilothouse.delve.rpc;

import java.io.IOException;

/** A call that got no result. */
public final class RpcException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why a call got no result. */
  public enum Reason {
    /** The connection could not be made, or has ended. */
    LOST,
    /** What came is no JSON-RPC, or not what was asked for. The connection is closed then. */
    GARBLED,
    /** A message was longer than allowed. The connection is closed then. */
    TOO_LARGE,
    /** The server answered with an error. */
    REFUSED
  }

  private final Reason reason;

  /**
   * Makes one.
   *
   * @param reason why
   * @param message what came back
   */
  public RpcException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * Why there is no result.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}
