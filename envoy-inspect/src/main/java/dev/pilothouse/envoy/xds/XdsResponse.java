package dev.pilothouse.envoy.xds;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * One response of the control plane, and what it changed.
 *
 * @param number its number, from 1, over all streams of the client
 * @param stream the number of the stream that it came by, from 1
 * @param time when it came
 * @param typeUrl the type of its resources
 * @param version the version of the whole; empty when it has none
 * @param nonce by which it is acknowledged
 * @param added names that were not held before, in the order of the response
 * @param changed names whose content is another now
 * @param unchanged names that were sent again with the same content
 * @param removed names that the server took away, or said that it does not have
 * @param refused names of resources that were not taken, which makes it rejected
 * @param ignored names that were not asked for, and were not taken either
 * @param bytes its size as a protobuf message
 * @param error why it was rejected (NACK); empty when it was acknowledged
 */
public record XdsResponse(
    long number,
    int stream,
    Instant time,
    String typeUrl,
    String version,
    String nonce,
    List<String> added,
    List<String> changed,
    List<String> unchanged,
    List<String> removed,
    List<String> refused,
    List<String> ignored,
    int bytes,
    String error) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Copies the lists. */
  public XdsResponse {
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    unchanged = List.copyOf(unchanged);
    removed = List.copyOf(removed);
    refused = List.copyOf(refused);
    ignored = List.copyOf(ignored);
  }

  /**
   * Whether it is of a type.
   *
   * @param type the type
   * @return true if so
   */
  public boolean is(XdsType type) {
    return type.typeUrl().equals(typeUrl);
  }

  /**
   * Whether it was acknowledged.
   *
   * @return false if it was rejected (NACK)
   */
  public boolean acknowledged() {
    return error.isEmpty();
  }

  /**
   * Whether it brought, changed, removed or had refused a resource.
   *
   * @param name the resource's name
   * @return false if it does not have the name, or sent it again as it was
   */
  public boolean touches(String name) {
    return added.contains(name)
        || changed.contains(name)
        || removed.contains(name)
        || refused.contains(name);
  }

  /** One line: number, time, type, what it changed, its size, and whether it was accepted. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append('#').append(number).append(' ').append(TIME.format(time)).append(' ');
    text.append(XdsType.shortName(typeUrl));
    text.append(" +").append(added.size()).append(" ~").append(changed.size());
    text.append(" =").append(unchanged.size()).append(" -").append(removed.size());
    text.append(", ").append(bytes).append(" bytes");
    text.append(version.isEmpty() ? "" : ", version " + version);
    if (acknowledged()) {
      text.append(", ACK");
    } else {
      text.append(", NACK: ").append(error);
    }
    return text.toString();
  }
}
