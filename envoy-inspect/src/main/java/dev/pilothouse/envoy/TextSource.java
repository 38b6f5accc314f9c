package dev.pilothouse.envoy;

/** A text that the caller has. */
record TextSource(ConfigDump dump) implements ConfigSource {
  @Override
  public String describe() {
    return "text";
  }

  @Override
  public ConfigDump fetch(ReadLimits limits) {
    int size = dump.documents().get(0).bytes().length;
    if (size > limits.maxBytes()) {
      throw limits.tooLarge(describe(), size + " bytes");
    }
    return dump;
  }
}
