package dev.pilothouse.delve;

/**
 * How much of a value Delve reads. istiod's structures reach each other: without limits one
 * argument may be all of them. What is left out is never guessed: {@link GoValue#complete()} says
 * so, and {@link Scope#more} reads it.
 *
 * <pre>{@code
 * LoadLimits.usual().withStringLength(1_000_000)
 * }</pre>
 *
 * @param followPointers whether what a pointer points to is read
 * @param depth how many levels of nested structs, maps, slices and pointers are read; 0 for the
 *     outermost alone
 * @param stringLength how many bytes of a string are read
 * @param elements how many elements of an array, a slice or a map are read
 * @param fields how many fields of a struct are read; -1 for all
 */
public record LoadLimits(
    boolean followPointers, int depth, int stringLength, int elements, int fields) {

  /** Checks the numbers. */
  public LoadLimits {
    if (depth < 0 || stringLength < 0 || elements < 0 || fields < -1) {
      throw new IllegalArgumentException(
          "limits are not negative (fields: -1 for all): "
              + depth
              + ", "
              + stringLength
              + ", "
              + elements
              + ", "
              + fields);
    }
  }

  /**
   * The usual, for values that are asked for one by one: pointers followed, 3 levels, strings of 64
   * KiB, 100 elements, all fields.
   *
   * @return the limits
   */
  public static LoadLimits usual() {
    return new LoadLimits(true, 3, 64 * 1024, 100, -1);
  }

  /**
   * For what is read at each hit while the program waits: pointers followed, 1 level, strings of
   * 1,024 bytes, 16 elements, all fields.
   *
   * @return the limits
   */
  public static LoadLimits brief() {
    return new LoadLimits(true, 1, 1024, 16, -1);
  }

  /**
   * With another depth.
   *
   * @param levels how many levels of nested values are read
   * @return a copy
   */
  public LoadLimits withDepth(int levels) {
    return new LoadLimits(followPointers, levels, stringLength, elements, fields);
  }

  /**
   * With another length of strings.
   *
   * @param bytes how many bytes of a string are read
   * @return a copy
   */
  public LoadLimits withStringLength(int bytes) {
    return new LoadLimits(followPointers, depth, bytes, elements, fields);
  }

  /**
   * With another number of elements.
   *
   * @param count how many elements of an array, a slice or a map are read
   * @return a copy
   */
  public LoadLimits withElements(int count) {
    return new LoadLimits(followPointers, depth, stringLength, count, fields);
  }

  /**
   * With or without what pointers point to.
   *
   * @param follow whether it is read
   * @return a copy
   */
  public LoadLimits withPointers(boolean follow) {
    return new LoadLimits(follow, depth, stringLength, elements, fields);
  }
}
