package dev.pilothouse.envoy.trace;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The network filters of a chain: the last one handles the connection. */
final class NetworkFilters {
  /** These neither close a connection nor change where it goes. */
  private static final Set<String> HARMLESS =
      Set.of(
          "io.istio.network.authn.Config",
          "envoy.tcp.metadataexchange.config.MetadataExchange",
          "envoy.extensions.filters.network.echo.v3.Echo",
          "envoy.extensions.filters.network.set_filter_state.v3.Config",
          "stats.PluginConfig");

  private final @Nullable HttpManager http;
  private final @Nullable TcpProxy tcp;
  private final String lastName;
  private final String lastPointer;
  private final boolean clusterByServerName;
  private final boolean mayKeepState;
  private final List<String> notes = new ArrayList<>();

  NetworkFilters(
      List<Filter> filters, String pointer, UnknownParts unknown, RuntimeSettings runtime) {
    HttpManager manager = null;
    TcpProxy proxy = null;
    boolean byServerName = false;
    for (int i = 0; i < filters.size(); i++) {
      Any config = filters.get(i).getTypedConfig();
      String at = pointer + "/" + i;
      try {
        if (config.is(HttpConnectionManager.class)) {
          manager =
              new HttpManager(
                  config.unpack(HttpConnectionManager.class),
                  at + unknown.spelled("/typed_config"),
                  unknown,
                  runtime);
        } else if (config.is(TcpProxy.class)) {
          proxy = config.unpack(TcpProxy.class);
        } else if (type(config).startsWith("envoy.extensions.filters.network.sni_cluster.")) {
          byServerName = true;
        } else if (!HARMLESS.contains(type(config))) {
          notes.add("the network filter " + filters.get(i).getName() + " may close the connection");
        }
      } catch (InvalidProtocolBufferException e) {
        notes.add("the network filter " + filters.get(i).getName() + " is unreadable");
      }
    }
    this.http = manager;
    this.tcp = proxy;
    this.clusterByServerName = byServerName;
    this.mayKeepState = filters.size() > 1;
    this.lastName = filters.isEmpty() ? "" : filters.get(filters.size() - 1).getName();
    this.lastPointer = pointer + "/" + (filters.size() - 1);
  }

  /** The type behind an {@code Any}, whose stand-in for an unknown one included. */
  static String type(Any config) {
    try {
      String url = "";
      if (config.is(com.github.xds.type.v3.TypedStruct.class)) {
        url = config.unpack(com.github.xds.type.v3.TypedStruct.class).getTypeUrl();
      } else if (config.is(com.github.udpa.udpa.type.v1.TypedStruct.class)) {
        // The older name of the same, which istiod uses for Istio's own filters.
        url = config.unpack(com.github.udpa.udpa.type.v1.TypedStruct.class).getTypeUrl();
      }
      if (!url.isEmpty()) {
        return url.substring(url.lastIndexOf('/') + 1);
      }
    } catch (InvalidProtocolBufferException e) {
      return config.getTypeUrl();
    }
    return config.getTypeUrl().substring(config.getTypeUrl().lastIndexOf('/') + 1);
  }

  @Nullable HttpManager http() {
    return http;
  }

  @Nullable TcpProxy tcp() {
    return tcp;
  }

  boolean clusterByServerName() {
    return clusterByServerName;
  }

  /** Whether a filter before the last one may leave something that routes are chosen by. */
  boolean mayKeepState() {
    return mayKeepState;
  }

  String lastName() {
    return lastName;
  }

  String lastPointer() {
    return lastPointer;
  }

  List<String> notes() {
    return notes;
  }
}
