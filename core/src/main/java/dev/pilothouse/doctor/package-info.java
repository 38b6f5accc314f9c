/**
 * Why is my change not live? Follows an Istio resource from the API server to a proxy, and names
 * the first link that is broken.
 */
@NullMarked
package dev.pilothouse.doctor;

import org.jspecify.annotations.NullMarked;
