package dev.pilothouse.delve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A value of the program, as it was when it was read. It does not change with the program.
 *
 * <pre>{@code
 * GoValue node = hit.argument("node");          // *model.Proxy
 * node.field("ID").text();                      // "app-1.default"
 * node.at("Metadata.Labels[app]").text();       // fields, elements and keys; pointers are followed
 * node.field("IPAddresses").elements().size();
 * System.out.println(node);                     // one line
 * }</pre>
 *
 * <p>Navigation passes through pointers and interfaces by itself, as Go's dot does.
 *
 * @param name the variable's or field's name; empty for elements
 * @param type its Go type, as {@code *istio.io/istio/pilot/pkg/model.Proxy}
 * @param kind the kind of its type
 * @param value numbers, booleans, strings and names of functions as text; empty for all others
 * @param children fields of a struct, elements of an array or a slice, keys and values of a map in
 *     turns, what a pointer points to, what an interface holds
 * @param length its true length: bytes of a string, elements, pairs of a map, fields
 * @param capacity of a slice or a channel
 * @param address where it lies; 0 when it has no address of its own
 * @param base where what it refers to begins; 0 for a nil slice, map, channel or function
 * @param unreadable why it could not be read; empty when it was
 * @param addressOnly whether the limits kept Delve from reading more than the address
 */
public record GoValue(
    String name,
    String type,
    GoKind kind,
    String value,
    List<GoValue> children,
    long length,
    long capacity,
    long address,
    long base,
    String unreadable,
    boolean addressOnly) {

  /** Copies the children. */
  public GoValue {
    children = List.copyOf(children);
  }

  /**
   * Whether it is nil.
   *
   * @return true for a nil pointer, interface, map, slice, channel or function
   */
  public boolean isNil() {
    return switch (kind) {
      case INVALID -> true;
      case POINTER, UNSAFE_POINTER -> children.isEmpty() || children.get(0).address == 0;
      case INTERFACE -> children.isEmpty() || children.get(0).kind == GoKind.INVALID;
      case MAP, SLICE, CHAN, FUNC -> base == 0;
      default -> false;
    };
  }

  /**
   * Whether all of it was read, what it refers to included.
   *
   * @return false when the {@link LoadLimits} left something out or something was unreadable
   */
  public boolean complete() {
    if (!unreadable.isEmpty() || addressOnly) {
      return false;
    }
    boolean whole =
        switch (kind) {
          case STRING -> !truncated();
          case ARRAY, SLICE, STRUCT -> children.size() >= length;
          case MAP -> children.size() >= 2 * length;
          default -> true;
        };
    return whole && (isNil() || children.stream().allMatch(GoValue::complete));
  }

  /**
   * The text of a string or of a named constant's string form.
   *
   * @return all that was read of it; see {@link #truncated()}
   * @throws IllegalStateException if it is no string, or unreadable
   */
  public String text() {
    GoValue target = target();
    target.require(target.kind == GoKind.STRING, "a string");
    return target.value;
  }

  /**
   * Whether only the beginning of a string was read.
   *
   * @return true when the string is longer
   */
  public boolean truncated() {
    return kind == GoKind.STRING && Values.bytes(value) < length;
  }

  /**
   * A whole number.
   *
   * @return the number; an {@code uint64} above {@code Long.MAX_VALUE} as its negative twin
   * @throws IllegalStateException if it is none, or unreadable
   */
  public long number() {
    GoValue target = target();
    target.require(target.kind.whole(), "a whole number");
    return Values.number(target.value);
  }

  /**
   * A floating-point number, or a whole one.
   *
   * @return the number
   * @throws IllegalStateException if it is none, or unreadable
   */
  public double decimal() {
    GoValue target = target();
    if (target.kind.whole()) {
      return target.number();
    }
    target.require(target.kind == GoKind.FLOAT32 || target.kind == GoKind.FLOAT64, "a number");
    return Values.decimal(target.value);
  }

  /**
   * A boolean.
   *
   * @return its value
   * @throws IllegalStateException if it is none, or unreadable
   */
  public boolean bool() {
    GoValue target = target();
    target.require(target.kind == GoKind.BOOL, "a boolean");
    return target.value.equals("true");
  }

  /**
   * What a pointer points to, or an interface holds, through all of them; itself for others.
   *
   * @return the value; a nil pointer or interface is its own target
   */
  public GoValue target() {
    GoValue at = this;
    while ((at.kind == GoKind.POINTER || at.kind == GoKind.INTERFACE)
        && !at.isNil()
        && !at.children.isEmpty()) {
      at = at.children.get(0);
    }
    return at;
  }

  /**
   * A field of a struct.
   *
   * @param field its name; a field of an embedded struct is found as well
   * @return the field
   * @throws NoSuchElementException if there is none, with the names there are
   */
  public GoValue field(String field) {
    return findField(field)
        .orElseThrow(() -> new NoSuchElementException(Values.noField(target(), field)));
  }

  /**
   * A field of a struct, if it has one.
   *
   * @param field its name
   * @return the field, or empty
   */
  public Optional<GoValue> findField(String field) {
    return Values.field(target(), field);
  }

  /**
   * The elements of an array or a slice.
   *
   * @return those that were read
   * @throws IllegalStateException if it is neither
   */
  public List<GoValue> elements() {
    GoValue target = target();
    target.require(
        target.kind == GoKind.ARRAY || target.kind == GoKind.SLICE, "an array or a slice");
    return target.children;
  }

  /**
   * The pairs of a map, in the order in which they were read.
   *
   * @return those that were read
   * @throws IllegalStateException if it is no map
   */
  public List<Map.Entry<GoValue, GoValue>> entries() {
    GoValue target = target();
    target.require(target.kind == GoKind.MAP, "a map");
    List<Map.Entry<GoValue, GoValue>> pairs = new ArrayList<>();
    for (int i = 0; i + 1 < target.children.size(); i += 2) {
      pairs.add(Map.entry(target.children.get(i), target.children.get(i + 1)));
    }
    return List.copyOf(pairs);
  }

  /**
   * The value of a map at a key that is a string, a number or a boolean.
   *
   * @param key the key as text
   * @return the value, or empty when what was read has no such key
   */
  public Optional<GoValue> get(String key) {
    return entries().stream()
        .filter(pair -> pair.getKey().target().value.equals(key))
        .findFirst()
        .map(Map.Entry::getValue);
  }

  /**
   * A value deeper in it.
   *
   * @param path fields with dots, elements and keys in brackets, as {@code
   *     Metadata.Labels[app].x[0]}; quotes around a key are allowed
   * @return the value
   * @throws NoSuchElementException if a step leads nowhere, naming it
   */
  public GoValue at(String path) {
    return Values.at(this, path);
  }

  private void require(boolean is, String wanted) {
    if (!unreadable.isEmpty()) {
      throw new IllegalStateException(
          "%s (%s) is unreadable: %s".formatted(name.isEmpty() ? "it" : name, type, unreadable));
    }
    if (!is) {
      throw new IllegalStateException(
          "%s is not %s: %s".formatted(name.isEmpty() ? "it" : name, wanted, this));
    }
  }

  /** One line, as Go would write it; what was not read is {@code …}. */
  @Override
  public String toString() {
    return ValueText.of(this);
  }
}
