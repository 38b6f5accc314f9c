package dev.pilothouse.envoy.xds;

import dev.pilothouse.envoy.ProtobufContent;

/**
 * A resource as the control plane sent it.
 *
 * @param typeUrl the type that it was asked for by
 * @param name its name
 * @param version its version; empty when the control plane gave it none
 * @param content what it holds
 */
public record XdsResource(String typeUrl, String name, String version, ProtobufContent content) {
  /**
   * Whether it is of a type.
   *
   * @param type the type
   * @return true if so
   */
  public boolean is(XdsType type) {
    return type.typeUrl().equals(typeUrl);
  }

  /** One line: its type, name, version and size; never what it holds. */
  @Override
  public String toString() {
    return XdsType.shortName(typeUrl)
        + " "
        + name
        + (version.isEmpty() ? "" : " version " + version)
        + " ("
        + content.size()
        + " bytes)";
  }
}
