package dev.pilothouse.envoy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything this module throws: a source that does not answer, an answer that is no
 * configuration, a wait that was in vain. Its message has one shape: what was tried, what came
 * back, where, and what to do.
 */
public class EnvoyConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Place place;
  private final transient @Nullable EnvoyConfig lastSeen;

  /**
   * Makes the message from its parts.
   *
   * @param tried what was tried, as "reading config_dump.json"
   * @param cameBack what came back, the system's own words first
   * @param toDo what the reader can do about it; empty when there is nothing to advise
   * @param cause the exception behind this one, or null
   */
  public EnvoyConfigException(
      String tried, String cameBack, String toDo, @Nullable Throwable cause) {
    this(tried, cameBack, toDo, null, null, cause);
  }

  private EnvoyConfigException(
      String tried,
      String cameBack,
      String toDo,
      @Nullable Place place,
      @Nullable EnvoyConfig lastSeen,
      @Nullable Throwable cause) {
    super(message(tried, cameBack, toDo, place), cause);
    this.place = place;
    this.lastSeen = lastSeen;
  }

  static EnvoyConfigException at(
      Place place, String tried, String cameBack, String toDo, @Nullable Throwable cause) {
    return new EnvoyConfigException(tried, cameBack, toDo, place, null, cause);
  }

  /**
   * A wait that was in vain, for sources that wait by themselves.
   *
   * @param tried what was waited for
   * @param cameBack what was seen instead
   * @param lastSeen the configuration that was seen last, or null
   * @param cause the exception behind this one, or null
   * @return the exception, with {@link #lastSeen()}
   */
  public static EnvoyConfigException inVain(
      String tried, String cameBack, @Nullable EnvoyConfig lastSeen, @Nullable Throwable cause) {
    return new EnvoyConfigException(tried, cameBack, "", null, lastSeen, cause);
  }

  /**
   * Where in the input the fault lies.
   *
   * @return the place, or empty when the fault is not in the input
   */
  public Optional<Place> place() {
    return Optional.ofNullable(place);
  }

  /**
   * The configuration that {@link EnvoyConfigInspector#await} saw last.
   *
   * @return the configuration, or empty when this is not from a wait, or it never read one
   */
  public Optional<EnvoyConfig> lastSeen() {
    return Optional.ofNullable(lastSeen);
  }

  private static String message(String tried, String cameBack, String toDo, @Nullable Place place) {
    StringBuilder text = new StringBuilder(tried).append(": ").append(cameBack);
    if (place != null) {
      text.append(System.lineSeparator()).append("Where: ").append(place);
    }
    if (!toDo.isEmpty()) {
      text.append(System.lineSeparator()).append("What to do: ").append(toDo);
    }
    return text.toString();
  }
}
