/**
 * Finds or provides the real binaries, and runs and reaps processes.
 *
 * <p>{@link dev.pilothouse.toolbox.Toolbox} answers "where is etcd, Envoy, istiod…"; {@link
 * dev.pilothouse.toolbox.RunDirectory} owns everything one run leaves on the machine: processes,
 * ports and files, which end with it, with the JVM, or at the next start.
 */
@NullMarked
package dev.pilothouse.toolbox;

import org.jspecify.annotations.NullMarked;
