package dev.pilothouse.doctor;

/** A link of the chain from an Istio resource to what a proxy does, in order. */
public enum Link {
  /** The API server has it. */
  ACCEPTED,
  /** istiod's validation has no objection to it. */
  VALID,
  /** The proxy is connected to an istiod of this console. */
  CONNECTED,
  /** That istiod has read it, as it is now, and begun a push since. */
  SEEN,
  /** It concerns this proxy: gateways, selector, exportTo, namespace, Sidecar scope. */
  RELEVANT,
  /** istiod makes something of it for this proxy. */
  GENERATED,
  /** istiod has sent it. */
  SENT,
  /** The proxy has accepted what was sent. */
  ACKNOWLEDGED,
  /** The proxy uses it: nothing of it is warming. */
  ACTIVE,
  /** It takes effect: nothing is before it, and it leads somewhere. */
  EFFECTIVE
}
