package dev.pilothouse.delve;

/**
 * A machine instruction.
 *
 * @param location where it lies
 * @param text the instruction, in Go's assembly
 * @param bytes its bytes, in hexadecimal
 * @param breakpoint whether a breakpoint is set on it
 * @param current whether the chosen goroutine is at it
 */
public record Instruction(
    SourceLocation location, String text, String bytes, boolean breakpoint, boolean current) {}
