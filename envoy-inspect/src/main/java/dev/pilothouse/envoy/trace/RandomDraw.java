package dev.pilothouse.envoy.trace;

/**
 * What is known of the one random number that Envoy draws for a request. It uses the same number
 * for each fraction and for the weights, so what came before narrows what is left. Immutable.
 *
 * @param from100 the least that the number may be, modulo 100
 * @param to100 the first that it may not be
 * @param from10000 likewise, modulo 10,000
 * @param to10000 likewise
 * @param from1000000 likewise, modulo 1,000,000
 * @param to1000000 likewise
 */
record RandomDraw(
    int from100, int to100, int from10000, int to10000, int from1000000, int to1000000) {
  static final RandomDraw ANY = new RandomDraw(0, 100, 0, 10_000, 0, 1_000_000);

  private static final int MOST = 2_000_000;

  /** What is left when the number falls into a fraction. */
  RandomDraw inside(RuntimeSettings.Fraction fraction) {
    return narrow(fraction.of(), 0, clamp(fraction));
  }

  /** What is left when it does not. */
  RandomDraw outside(RuntimeSettings.Fraction fraction) {
    return narrow(fraction.of(), clamp(fraction), fraction.of());
  }

  private static int clamp(RuntimeSettings.Fraction fraction) {
    return (int) Math.min(fraction.part(), fraction.of());
  }

  private RandomDraw narrow(int of, int from, int to) {
    return switch (of) {
      case 100 ->
          new RandomDraw(
              Math.max(from100, from),
              Math.min(to100, to),
              from10000,
              to10000,
              from1000000,
              to1000000);
      case 10_000 ->
          new RandomDraw(
              from100,
              to100,
              Math.max(from10000, from),
              Math.min(to10000, to),
              from1000000,
              to1000000);
      default ->
          new RandomDraw(
              from100,
              to100,
              from10000,
              to10000,
              Math.max(from1000000, from),
              Math.min(to1000000, to));
    };
  }

  private boolean free() {
    return this.equals(ANY);
  }

  /** How likely it is that the number is one of these. */
  double share() {
    return free() ? 1 : split(new long[] {1}, 1)[0];
  }

  /**
   * How likely each of several weights is hit.
   *
   * @param weights the weights, in the order of the configuration
   * @param total their sum
   * @return for each weight the share of all numbers that are left, and that hit it; together they
   *     are {@link #share}
   */
  double[] split(long[] weights, long total) {
    double[] shares = new double[weights.length];
    int modulus =
        from1000000 != 0 || to1000000 != 1_000_000
            ? 1_000_000
            : from10000 != 0 || to10000 != 10_000 ? 10_000 : free() ? 1 : 100;
    long common = modulus / gcd(modulus, total) * total;
    if (modulus == 1 || common > MOST) {
      // So large a total that the remainders are as good as independent.
      double all = modulus == 1 ? 1 : share();
      for (int i = 0; i < weights.length; i++) {
        shares[i] = all * weights[i] / total;
      }
      return shares;
    }
    int[] hits = new int[weights.length];
    for (int number = 0; number < common; number++) {
      if (allows(number)) {
        hits[hit(weights, number % total)]++;
      }
    }
    for (int i = 0; i < hits.length; i++) {
      shares[i] = (double) hits[i] / common;
    }
    return shares;
  }

  private boolean allows(int number) {
    return within(number % 100, from100, to100)
        && within(number % 10_000, from10000, to10000)
        && within(number % 1_000_000, from1000000, to1000000);
  }

  private static boolean within(int number, int from, int to) {
    return number >= from && number < to;
  }

  private static int hit(long[] weights, long number) {
    long end = 0;
    for (int i = 0; i < weights.length; i++) {
      end += weights[i];
      if (number < end) {
        return i;
      }
    }
    return weights.length - 1;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
