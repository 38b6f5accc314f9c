package dev.pilothouse.envoy;

import java.util.List;

/**
 * Where an object lies in a document, and what it says of itself.
 *
 * @param start the offset of its first byte
 * @param length its length in bytes
 * @param pointer the pointer to it
 * @param type its {@code @type}; empty when it has none
 * @param name its name; empty when it has none
 * @param parts the objects of the array in it that may be read one by one; empty when it has none
 *     such, or something in that array is no object
 */
record Slice(int start, int length, String pointer, String type, String name, List<Slice> parts) {}
