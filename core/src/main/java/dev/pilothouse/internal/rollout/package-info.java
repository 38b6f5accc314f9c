/**
 * How a Deployment of the cluster rolls out, and why it does not. Core's packages share it and
 * nobody else should use it: it may change at any time.
 */
@NullMarked
package dev.pilothouse.internal.rollout;

import org.jspecify.annotations.NullMarked;
