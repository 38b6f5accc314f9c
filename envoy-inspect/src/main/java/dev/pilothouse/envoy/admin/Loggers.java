package dev.pilothouse.envoy.admin;

import dev.pilothouse.envoy.AdminReply;
import dev.pilothouse.envoy.EnvoyConfigException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Envoy's loggers: each answer to {@code /logging} lists them all. */
final class Loggers implements LogLevelChange {
  private static final Pattern LOGGER = Pattern.compile(" +(\\S+): (\\w+)");

  private final Function<String, AdminReply> post;
  private final SortedMap<String, LogLevel> before;
  private boolean closed;

  private Loggers(Function<String, AdminReply> post, SortedMap<String, LogLevel> before) {
    this.post = post;
    this.before = Collections.unmodifiableSortedMap(before);
  }

  static SortedMap<String, LogLevel> list(Function<String, AdminReply> post) {
    return read(post.apply("/logging"));
  }

  static Loggers set(Function<String, AdminReply> post, LogLevel level) {
    Loggers change = new Loggers(post, settable(post));
    SortedMap<String, LogLevel> wanted = new TreeMap<>();
    change.before.keySet().forEach(name -> wanted.put(name, level));
    change.apply("level=" + level.envoyName(), wanted);
    return change;
  }

  static Loggers set(Function<String, AdminReply> post, Map<String, LogLevel> levels) {
    if (levels.isEmpty()) {
      throw new IllegalArgumentException("no logger is named");
    }
    SortedMap<String, LogLevel> before = settable(post);
    before.keySet().retainAll(levels.keySet());
    Loggers change = new Loggers(post, before);
    // Envoy changes none of them when it does not know one.
    change.apply("paths=" + paths(levels), levels);
    return change;
  }

  @Override
  public SortedMap<String, LogLevel> before() {
    return before;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      apply("paths=" + paths(before), before);
      closed = true;
    }
  }

  /** One line: how many loggers it changed. */
  @Override
  public String toString() {
    return "LogLevelChange[" + before.size() + " loggers]";
  }

  private void apply(String parameter, Map<String, LogLevel> wanted) {
    AdminReply reply = post.apply("/logging?" + parameter);
    SortedMap<String, LogLevel> now = read(reply);
    Map<String, LogLevel> others = new TreeMap<>(wanted);
    others.entrySet().removeIf(entry -> entry.getValue() == now.get(entry.getKey()));
    if (!others.isEmpty()) {
      now.keySet().retainAll(others.keySet());
      throw new EnvoyConfigException(
          reply.request(),
          "these loggers should be " + others + " and are " + now,
          "see whether somebody else sets them",
          null);
    }
  }

  private static String paths(Map<String, LogLevel> levels) {
    return Query.encode(
        new TreeMap<>(levels)
            .entrySet().stream()
                .map(entry -> entry.getKey() + ":" + entry.getValue().envoyName())
                .collect(Collectors.joining(",")));
  }

  /**
   * Fine-grain loggers come into being while Envoy runs, at a level that it does not tell: they
   * could not be set back.
   */
  private static SortedMap<String, LogLevel> settable(Function<String, AdminReply> post) {
    AdminReply reply = post.apply("/logging");
    SortedMap<String, LogLevel> levels = read(reply);
    if (levels.isEmpty() || levels.keySet().stream().anyMatch(name -> name.contains("/"))) {
      throw new EnvoyConfigException(
          reply.request(),
          "this Envoy was started with --enable-fine-grain-logging: its loggers cannot be set back",
          "post to /logging through EnvoyAdmin.endpoint(), or start Envoy without that option",
          null);
    }
    return levels;
  }

  private static SortedMap<String, LogLevel> read(AdminReply reply) {
    SortedMap<String, LogLevel> levels = new TreeMap<>();
    reply
        .text()
        .lines()
        .forEach(
            line -> {
              Matcher logger = LOGGER.matcher(line);
              if (logger.matches()) {
                LogLevel level = LogLevel.parse(logger.group(2));
                if (level == null) {
                  throw AdminJson.notUnderstood(reply, "no log level: " + line.strip(), null);
                }
                levels.put(logger.group(1), level);
              }
            });
    if (!reply.text().startsWith("active loggers:")) {
      throw AdminJson.notUnderstood(reply, "it lists no loggers", null);
    }
    return levels;
  }
}
