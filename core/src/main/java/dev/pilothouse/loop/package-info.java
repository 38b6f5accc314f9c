/**
 * The loop of working on istiod: an edit is compiled, delivered, deployed, awaited in every proxy
 * and verified, again and again.
 */
@NullMarked
package dev.pilothouse.loop;

import org.jspecify.annotations.NullMarked;
