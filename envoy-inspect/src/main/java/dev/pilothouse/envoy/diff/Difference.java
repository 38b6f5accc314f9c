package dev.pilothouse.envoy.diff;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.envoy.ConfigSection;
import dev.pilothouse.envoy.Resource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that differs: a resource that came or went, or a part of one that came, went, changed
 * or moved. Immutable and safe for use by several threads.
 *
 * <pre>{@code
 * difference.toString();
 * // cluster outbound|80||a: ~ connect_timeout "10s" → "3s"
 * }</pre>
 */
public final class Difference {
  private final Change change;
  private final @Nullable Resource old;
  private final @Nullable Resource fresh;
  private final Trail trail;
  private final @Nullable JsonNode before;
  private final @Nullable JsonNode after;

  /** What happened. */
  public enum Change {
    /** It is only after. */
    ADDED("+"),
    /** It was only before. */
    REMOVED("-"),
    /** It is another value. */
    CHANGED("~"),
    /** It stands elsewhere in a list whose order counts. */
    MOVED(">");

    private final String sign;

    Change(String sign) {
      this.sign = sign;
    }

    String sign() {
      return sign;
    }
  }

  Difference(
      Change change,
      @Nullable Resource old,
      @Nullable Resource fresh,
      Trail trail,
      @Nullable JsonNode before,
      @Nullable JsonNode after) {
    this.change = change;
    this.old = old;
    this.fresh = fresh;
    this.trail = trail;
    this.before = before;
    this.after = after;
  }

  /**
   * What happened.
   *
   * @return the kind of change
   */
  public Change change() {
    return change;
  }

  /**
   * The resource that differs, as it was before.
   *
   * @return the resource, or empty when it came after
   */
  public Optional<Resource> resourceBefore() {
    return Optional.ofNullable(old);
  }

  /**
   * The resource that differs, as it is after.
   *
   * @return the resource, or empty when it is gone
   */
  public Optional<Resource> resourceAfter() {
    return Optional.ofNullable(fresh);
  }

  /**
   * The name of the resource that differs.
   *
   * @return its name after, or before if it is gone; empty if it has none
   */
  public String resource() {
    return either().name();
  }

  /**
   * The part of the dump that the resource is in.
   *
   * @return its section after, or before if it is gone
   */
  public ConfigSection section() {
    return either().section();
  }

  /**
   * The way to what differs, within the resource: names of fields as Envoy spells them; elements of
   * lists by their name where that is unique, else by their index after (before, if they are gone);
   * keys of maps. Where another member of a {@code oneof} is set, it ends in the name of the oneof,
   * as {@code route.cluster_specifier}.
   *
   * @return for example {@code virtual_hosts[httpbin:80].routes[canary].route.timeout}; empty when
   *     it is the whole resource
   */
  public String path() {
    return trail.toString();
  }

  /**
   * What was there before.
   *
   * @return the value as it was written, of the caller's own; its index, if it has moved; empty if
   *     it was not there
   */
  public Optional<JsonNode> before() {
    return value(before, old);
  }

  /**
   * What is there after.
   *
   * @return the value as it is written, of the caller's own; its index, if it has moved; empty if
   *     it is not there
   */
  public Optional<JsonNode> after() {
    return value(after, fresh);
  }

  /**
   * Where it was in the configuration before.
   *
   * @return a JSON pointer to it, or to the deepest part around it that was there; empty when the
   *     resource was not there
   */
  public String pointerBefore() {
    return old == null ? "" : old.pointer() + trail.pointer(true);
  }

  /**
   * Where it is in the configuration after.
   *
   * @return a JSON pointer to it, or to the deepest part around it that is there; empty when the
   *     resource is not there
   */
  public String pointerAfter() {
    return fresh == null ? "" : fresh.pointer() + trail.pointer(false);
  }

  /** One line: the resource, the path, and both values, long ones cut short. */
  @Override
  public String toString() {
    return resourceText() + ": " + change.sign() + " " + DiffText.of(this);
  }

  /** As {@code cluster outbound|80||a}. */
  String resourceText() {
    String name = resource().isEmpty() ? "(no name)" : resource();
    return Kind.of(section()).words() + (Kind.of(section()) == Kind.BOOTSTRAP ? "" : " " + name);
  }

  boolean isWholeResource() {
    return old == null || fresh == null;
  }

  private Optional<JsonNode> value(@Nullable JsonNode part, @Nullable Resource resource) {
    if (part != null) {
      return Optional.of(part.deepCopy());
    }
    return isWholeResource() && resource != null ? Optional.of(resource.raw()) : Optional.empty();
  }

  private Resource either() {
    Resource resource = fresh == null ? old : fresh;
    if (resource == null) {
      throw new IllegalStateException("a difference of nothing");
    }
    return resource;
  }
}
