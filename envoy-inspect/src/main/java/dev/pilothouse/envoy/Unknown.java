package dev.pilothouse.envoy;

/**
 * Something in a configuration that this library has no type for. It is never lost: the pointer
 * leads to it in {@link EnvoyConfig#raw()}.
 *
 * @param kind what it is
 * @param name the type URL, the field's name with its message's, or the enum's value
 * @param pointer the JSON pointer to it
 */
public record Unknown(Kind kind, String name, String pointer) {
  /** What is unknown. */
  public enum Kind {
    /** A section of the dump. */
    SECTION,
    /** The type of an {@code Any}, as a filter's configuration. */
    TYPE,
    /** A field of a known message. */
    FIELD,
    /** A value of a known enum. */
    ENUM_VALUE
  }
}
