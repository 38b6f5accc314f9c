/**
 * Tables for people: what {@code istioctl proxy-config} prints, and what it leaves out.
 *
 * <pre>{@code
 * EnvoyTables tables = EnvoyTables.of(config);
 * tables.routes().name("8000").table();
 * tables.clusters().fqdn("httpbin").direction("outbound").yaml();
 * tables.search("x-user").table();
 * }</pre>
 *
 * <p>Nothing here prints: {@code table()} returns text. A table's own text, {@code toString()}, is
 * one line.
 */
@NullMarked
package dev.pilothouse.envoy.table;

import org.jspecify.annotations.NullMarked;
