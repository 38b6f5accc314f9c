/** Kubernetes API servers: the local one that Pilothouse runs, and any behind a kubeconfig. */
@NullMarked
package dev.pilothouse.cluster;

import org.jspecify.annotations.NullMarked;
