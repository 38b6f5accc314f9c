package dev.pilothouse.delve;

import dev.pilothouse.source.CommonChange;
import java.util.EnumMap;
import java.util.Map;

/**
 * The functions of Istio that build parts of pushed resources, as regular expressions of their
 * names. Those that return a builder are left out: it holds the whole mesh.
 */
final class ProducerCandidates {
  private static final String CORE = "pilot/pkg/networking/core\\.";
  private static final String ROUTE = "pilot/pkg/networking/core/route\\.";
  private static final String XDS = "pilot/pkg/xds\\.";
  private static final Map<CommonChange, String> BY_CHANGE = new EnumMap<>(CommonChange.class);

  static {
    put(
        CommonChange.LISTENERS,
        CORE + "(buildListenerFromEntry|buildGatewayListener|build\\w+(Chains?|Listener))",
        CORE
            + "\\(\\*ListenerBuilder\\)\\.(buildInboundListeners?|inbound(Virtual|Custom)Listener"
            + "|inboundChainForOpts|buildSidecarOutboundListeners|buildHTTPProxy"
            + "|buildHTTPConnectionManager|build\\w+FilterChains?|build(Waypoint|Connect)\\w+"
            + "|patchOneListener|getListeners)");
    put(
        CommonChange.HTTP_ROUTES,
        ROUTE
            + "(BuildDefaultHTTP\\w+Route|TranslateRoute|BuildHTTPRoutesForVirtualService"
            + "|buildSidecarVirtualHosts?For\\w+|BuildSidecarVirtualHostWrapper)",
        CORE
            + "(BuildSidecarOutboundVirtualHosts|build\\w+HTTPRouteConfig|buildCatchAllVirtualHost"
            + "|\\(\\*ConfigGeneratorImpl\\)\\.build\\w+HTTPRouteConfig)");
    put(
        CommonChange.CLUSTERS,
        CORE + "(\\(\\*ClusterBuilder\\)\\.)?build\\w*Cluster",
        CORE + "\\(\\*clusterWrapper\\)\\.build");
    put(
        CommonChange.SERVICE_DISCOVERY,
        "pilot/pkg/serviceregistry/kube\\.ConvertService",
        "pilot/pkg/serviceregistry/kube/controller\\.\\(\\*(EndpointBuilder|Controller)\\)\\."
            + "(buildIstioEndpoint|buildEndpointsForService|collectWorkloadInstanceEndpoints)",
        "pilot/pkg/serviceregistry/serviceentry\\.(convertServices|convertWorkloadEntry\\w*)",
        "pilot/pkg/xds/endpoints\\.(buildEnvoyLbEndpoint"
            + "|\\(\\*EndpointBuilder\\)\\.(BuildClusterLoadAssignment|createClusterLoadAssignment))");
    put(
        CommonChange.XDS_RESOURCE_TYPE,
        XDS + "(\\w+Gen(erator)?|\\(\\*\\w+Gen(erator)?\\))\\.Generate(Deltas)?");
    put(
        CommonChange.MUTUAL_TLS,
        "pilot/pkg/security/model\\.[Cc]onstructSdsSecretConfig\\w*",
        "pilot/pkg/security/authn/utils\\.BuildInboundTLS",
        CORE + "(BuildListenerTLSContext|constructUpstreamTLS)",
        XDS + "(toEnvoy(TLS|Ca)Secret|\\(\\*SecretGen\\)\\.generate)");
  }

  private ProducerCandidates() {}

  private static void put(CommonChange change, String... names) {
    BY_CHANGE.put(change, "istio/(" + String.join("|", names) + ")$");
  }

  static String of(CommonChange change) {
    String regex = BY_CHANGE.get(change);
    if (regex == null) {
      throw new IllegalArgumentException(
          change + " ends in no pushed resource; " + BY_CHANGE.keySet() + " do");
    }
    return regex;
  }
}
