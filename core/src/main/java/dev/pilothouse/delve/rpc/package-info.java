/**
 * The wire below a debug session: JSON-RPC over one connection. Public for the package above it
 * only; users of the library have no business here.
 */
@NullMarked
package dev.pilothouse.delve.rpc;

import org.jspecify.annotations.NullMarked;
