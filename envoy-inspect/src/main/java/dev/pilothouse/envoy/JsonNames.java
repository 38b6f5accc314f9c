package dev.pilothouse.envoy;

/**
 * The two spellings of a protobuf field in JSON. Envoy writes {@code route_config}, istiod and
 * istioctl write {@code routeConfig}; both are read.
 */
final class JsonNames {
  private JsonNames() {}

  static String camel(String snake) {
    if (snake.indexOf('_') < 0) {
      return snake;
    }
    StringBuilder camel = new StringBuilder(snake.length());
    boolean upper = false;
    for (int i = 0; i < snake.length(); i++) {
      char c = snake.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        camel.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return camel.toString();
  }

  static String snake(String name) {
    int first = 0;
    while (first < name.length() && !isUpper(name.charAt(first))) {
      first++;
    }
    if (first == name.length()) {
      return name;
    }
    StringBuilder snake = new StringBuilder(name.length() + 4);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (isUpper(c)) {
        snake.append('_').append(Character.toLowerCase(c));
      } else {
        snake.append(c);
      }
    }
    return snake.toString();
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
