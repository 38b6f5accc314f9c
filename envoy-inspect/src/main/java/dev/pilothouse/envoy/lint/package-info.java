/**
 * Finds what is broken in a configuration before traffic does.
 *
 * <pre>{@code
 * LintReport report = EnvoyLint.create().check(config);
 * report.table();
 * }</pre>
 */
@NullMarked
package dev.pilothouse.envoy.lint;

import org.jspecify.annotations.NullMarked;
