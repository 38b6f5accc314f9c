package dev.pilothouse.envoy.trace;

import dev.pilothouse.envoy.EnvoyConfigException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An IP address as a number.
 *
 * @param v6 whether it is one of version 6
 * @param high the upper half; 0 for version 4
 * @param low the lower half
 */
record Ip(boolean v6, long high, long low) {
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /** Never asks a name server. */
  static Ip parse(String text) {
    if (text.indexOf(':') < 0) {
      return new Ip(false, 0, v4(text));
    }
    if (V6.matcher(text).matches()) {
      try {
        byte[] bytes = InetAddress.getByName(text).getAddress();
        // A mapped address, ::ffff:1.2.3.4, comes back as one of version 4; so do Envoy's sockets.
        return bytes.length == 16
            ? new Ip(true, number(bytes, 0, 8), number(bytes, 8, 16))
            : new Ip(false, 0, number(bytes, 0, 4));
      } catch (UnknownHostException e) {
        throw wrong(text, e);
      }
    }
    throw wrong(text, null);
  }

  /** By hand, because each trace reads some addresses. */
  private static long v4(String text) {
    long address = 0;
    int part = -1;
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        part = Math.max(part, 0) * 10 + (c - '0');
      } else if (c == '.' && part >= 0) {
        address = (address << 8) | part;
        part = -1;
        dots++;
      } else {
        throw wrong(text, null);
      }
      if (part > 255) {
        throw wrong(text, null);
      }
    }
    if (part < 0 || dots != 3) {
      throw wrong(text, null);
    }
    return (address << 8) | part;
  }

  private static EnvoyConfigException wrong(String text, @Nullable Throwable cause) {
    return new EnvoyConfigException(
        "reading an IP address", "'" + text + "' is not one", "", cause);
  }

  private static long number(byte[] bytes, int from, int to) {
    long number = 0;
    for (int i = from; i < to; i++) {
      number = (number << 8) | (bytes[i] & 0xff);
    }
    return number;
  }

  int bits() {
    return v6 ? 128 : 32;
  }

  /** The address with all but its first bits cleared. */
  Ip prefix(int length) {
    if (!v6) {
      return new Ip(false, 0, low & upper(length + 32));
    }
    return length <= 64
        ? new Ip(true, high & upper(length), 0)
        : new Ip(true, high, low & upper(length - 64));
  }

  private static long upper(int length) {
    return length <= 0 ? 0 : length >= 64 ? -1L : -1L << (64 - length);
  }

  /** What Envoy calls a loopback address. */
  boolean loopback() {
    return v6 ? high == 0 && low == 1 : low == 0x7f000001L;
  }

  static String withPort(String address, int port) {
    return (address.indexOf(':') < 0 ? address : "[" + address + "]")
        + (port == 0 ? "" : ":" + port);
  }

  /** As people write it. */
  @Override
  public String toString() {
    byte[] bytes = new byte[v6 ? 16 : 4];
    for (int i = 0; i < bytes.length; i++) {
      int shift = 8 * (bytes.length - 1 - i);
      bytes[i] = (byte) (shift >= 64 ? high >>> (shift - 64) : low >>> shift);
    }
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // 4 and 16 bytes are always right
    }
  }
}
