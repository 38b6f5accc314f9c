package dev.pilothouse.delve;

import java.util.List;

/** Names of functions, which people do not write out. */
final class Names {
  private static final List<String> LEFT_OUT = List.of("…/", ".../", "*/");

  private Names() {}

  /** Without the sign for "whatever comes before". */
  static String plain(String function) {
    for (String sign : LEFT_OUT) {
      if (function.startsWith(sign)) {
        return function.substring(sign.length());
      }
    }
    return function;
  }

  /** Whether somebody who wrote this means that function: all of its name, or the end of it. */
  static boolean means(String written, String function) {
    String plain = plain(written);
    return function.equals(plain)
        || function.endsWith("/" + plain)
        || function.endsWith("." + plain);
  }

  /** The last part: {@code BuildRoutes} of {@code a/b/route.(*T).BuildRoutes}. */
  static String last(String function) {
    return function.substring(function.lastIndexOf('.') + 1);
  }
}
