/**
 * Istio in a cluster: rendered by istioctl, applied, and taken away again. Core's packages share it
 * and nobody else should use it: it may change at any time.
 */
@NullMarked
package dev.pilothouse.internal.install;

import org.jspecify.annotations.NullMarked;
