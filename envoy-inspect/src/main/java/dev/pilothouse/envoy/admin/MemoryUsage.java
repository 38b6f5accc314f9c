package dev.pilothouse.envoy.admin;

import io.envoyproxy.envoy.admin.v3.Memory;

/**
 * How much memory Envoy has, in bytes, as its allocator counts it.
 *
 * @param allocated what Envoy uses
 * @param heapSize what the allocator holds, used or not
 * @param pageheapUnmapped what the allocator gave back to the system but keeps addresses for
 * @param pageheapFree what the allocator holds without use
 * @param totalThreadCache what the threads' caches hold
 * @param totalPhysicalBytes what the system counts for the heap
 */
public record MemoryUsage(
    long allocated,
    long heapSize,
    long pageheapUnmapped,
    long pageheapFree,
    long totalThreadCache,
    long totalPhysicalBytes) {
  static MemoryUsage of(Memory memory) {
    return new MemoryUsage(
        memory.getAllocated(),
        memory.getHeapSize(),
        memory.getPageheapUnmapped(),
        memory.getPageheapFree(),
        memory.getTotalThreadCache(),
        memory.getTotalPhysicalBytes());
  }
}
