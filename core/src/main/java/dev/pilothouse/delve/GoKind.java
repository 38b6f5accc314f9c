package dev.pilothouse.delve;

import java.util.EnumSet;
import java.util.Set;

/** Go's kinds of values, in the order and numbering of its package {@code reflect}. */
public enum GoKind {
  /** No value, as that of a nil interface. */
  INVALID,
  /** {@code bool}. */
  BOOL,
  /** {@code int}. */
  INT,
  /** {@code int8}. */
  INT8,
  /** {@code int16}. */
  INT16,
  /** {@code int32}, {@code rune}. */
  INT32,
  /** {@code int64}. */
  INT64,
  /** {@code uint}. */
  UINT,
  /** {@code uint8}, {@code byte}. */
  UINT8,
  /** {@code uint16}. */
  UINT16,
  /** {@code uint32}. */
  UINT32,
  /** {@code uint64}. */
  UINT64,
  /** {@code uintptr}. */
  UINTPTR,
  /** {@code float32}. */
  FLOAT32,
  /** {@code float64}. */
  FLOAT64,
  /** {@code complex64}. */
  COMPLEX64,
  /** {@code complex128}. */
  COMPLEX128,
  /** An array. */
  ARRAY,
  /** A channel. */
  CHAN,
  /** A function. */
  FUNC,
  /** An interface, {@code error} and {@code any} among them. */
  INTERFACE,
  /** A map. */
  MAP,
  /** A pointer. */
  POINTER,
  /** A slice. */
  SLICE,
  /** A string. */
  STRING,
  /** A struct. */
  STRUCT,
  /** {@code unsafe.Pointer}. */
  UNSAFE_POINTER;

  private static final GoKind[] ALL = values();
  private static final Set<GoKind> WHOLE = EnumSet.range(INT, UINTPTR);

  /** The kind of a number that Delve gave. */
  static GoKind of(int number) {
    return number >= 0 && number < ALL.length ? ALL[number] : INVALID;
  }

  /** Whether its values are whole numbers. */
  boolean whole() {
    return WHOLE.contains(this);
  }
}
