package dev.pilothouse.kind;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first two numbers of a version: what skew is counted in. */
record MinorVersion(int major, int minor) implements Comparable<MinorVersion> {
  private static final Pattern NUMBERS = Pattern.compile("(?:go|v)?(\\d+)\\.(\\d+)(?!\\d).*");
  private static final Comparator<MinorVersion> ORDER =
      Comparator.comparingInt(MinorVersion::major).thenComparingInt(MinorVersion::minor);

  /** Empty when the text does not begin as a version does. */
  static Optional<MinorVersion> parse(String text) {
    Matcher numbers = NUMBERS.matcher(text.strip());
    return numbers.matches()
        ? Optional.of(
            new MinorVersion(
                Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2))))
        : Optional.empty();
  }

  /** That of the Kubernetes in a node image, if its tag tells. */
  static Optional<MinorVersion> ofNodeImage(String image) {
    String withoutDigest = image.replaceFirst("@.*", "");
    return parse(withoutDigest.substring(withoutDigest.lastIndexOf(':') + 1));
  }

  /** Whether it is at most one minor release away. */
  boolean isBeside(MinorVersion other) {
    return major == other.major && Math.abs(minor - other.minor) <= 1;
  }

  @Override
  public int compareTo(MinorVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
