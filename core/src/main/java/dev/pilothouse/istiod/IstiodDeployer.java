package dev.pilothouse.istiod;

import dev.pilothouse.source.IstiodBinary;

/** Deploys an istiod to (or beside) a cluster. */
public interface IstiodDeployer {
  /**
   * Deploys it and waits until it is ready.
   *
   * @param binary what to run
   * @param spec how to run it
   * @return the running istiod; the caller closes it
   * @throws dev.pilothouse.failure.PilothouseException if it exits or does not become ready in
   *     time, with the reason it gave and its log tail; nothing is left behind
   */
  Istiod deploy(IstiodBinary binary, IstiodSpec spec);
}
