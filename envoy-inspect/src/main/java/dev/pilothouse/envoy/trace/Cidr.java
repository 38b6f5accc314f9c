package dev.pilothouse.envoy.trace;

/**
 * A range of IP addresses.
 *
 * @param ip its first address
 * @param length how many bits all its addresses share
 */
record Cidr(Ip ip, int length) {
  static Cidr of(String address, int length) {
    Ip ip = Ip.parse(address);
    int within = Math.min(length, ip.bits());
    return new Cidr(ip.prefix(within), within);
  }

  boolean contains(Ip address) {
    return address.v6() == ip.v6() && address.prefix(length).equals(ip);
  }

  /** As people write it. */
  @Override
  public String toString() {
    return ip + "/" + length;
  }
}
