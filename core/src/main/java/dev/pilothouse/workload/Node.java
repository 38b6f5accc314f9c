package dev.pilothouse.workload;

import java.util.Map;

/**
 * A workload as istiod gets to know it.
 *
 * @param spec what was asked for
 * @param site where its Envoy listens
 * @param labels its labels
 */
record Node(WorkloadSpec spec, Site site, Map<String, String> labels) {}
