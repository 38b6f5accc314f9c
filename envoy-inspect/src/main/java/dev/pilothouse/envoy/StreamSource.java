package dev.pilothouse.envoy;

import java.io.InputStream;

/** A stream that the caller has opened; it can be read once, so what came is kept. */
final class StreamSource implements ConfigSource {
  private final String name;
  private final InputStream in;
  private final Memo<ConfigDump> read = new Memo<>();

  StreamSource(String name, InputStream in) {
    this.name = name;
    this.in = in;
  }

  @Override
  public String describe() {
    return name;
  }

  @Override
  public ConfigDump fetch(ReadLimits limits) {
    return read.get(() -> ConfigDump.of(name, all(limits)));
  }

  private byte[] all(ReadLimits limits) {
    return BoundedRead.inTime(name, () -> BoundedRead.all(name, in, limits), limits);
  }
}
