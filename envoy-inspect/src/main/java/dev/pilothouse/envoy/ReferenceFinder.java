package dev.pilothouse.envoy;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ConfigSource.ConfigSourceSpecifierCase;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRds;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds what a message refers to, however deep: a filter may hold other filters, a transport socket
 * another one.
 */
final class ReferenceFinder {
  private final Set<String> endpoints = new TreeSet<>();
  private final Set<String> routes = new TreeSet<>();
  private final Set<String> secrets = new TreeSet<>();
  private final Set<String> extensions = new TreeSet<>();
  private final List<ProtobufContent> inlineRoutes = new ArrayList<>();
  private boolean scopedRoutes;

  private ReferenceFinder() {}

  static ResourceReferences find(Message message) {
    ReferenceFinder finder = new ReferenceFinder();
    finder.walk(message, 0);
    return finder.found();
  }

  private ResourceReferences found() {
    ResourceReferences all =
        new ResourceReferences(endpoints, routes, secrets, extensions, scopedRoutes, inlineRoutes);
    return all.equals(ResourceReferences.NONE) ? ResourceReferences.NONE : all;
  }

  private void walk(Message message, int anys) {
    note(message);
    if (message instanceof Any any) {
      AnyContent.unpack(any, anys).ifPresent(inner -> walk(inner, anys + 1));
      return;
    }
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (value instanceof Message one) {
                noteNamed(message, one);
                walk(one, anys);
              } else if (value instanceof List<?> many) {
                for (Object element : many) {
                  if (element instanceof Message one) {
                    walk(one, anys);
                  }
                }
              }
            });
  }

  private void note(Message message) {
    if (message instanceof Cluster cluster) {
      if (cluster.hasEdsClusterConfig() && isAds(cluster.getEdsClusterConfig().getEdsConfig())) {
        String name = cluster.getEdsClusterConfig().getServiceName();
        endpoints.add(name.isEmpty() ? cluster.getName() : name);
      }
    } else if (message instanceof Rds rds) {
      if (isAds(rds.getConfigSource())) {
        routes.add(rds.getRouteConfigName());
      }
    } else if (message instanceof SdsSecretConfig secret) {
      if (isAds(secret.getSdsConfig())) {
        secrets.add(secret.getName());
      }
    } else if (message instanceof ScopedRds scoped) {
      scopedRoutes |= isAds(scoped.getScopedRdsConfigSource());
    } else if (message instanceof ScopedRouteConfiguration scope) {
      if (!scope.getRouteConfigurationName().isEmpty()) {
        routes.add(scope.getRouteConfigurationName());
      }
    } else if (message instanceof HttpConnectionManager manager && manager.hasRouteConfig()) {
      inlineRoutes.add(ProtobufContent.of(Any.pack(manager.getRouteConfig())));
    }
  }

  /** A filter from ECDS has its name beside the place where it comes from. */
  private void noteNamed(Message holder, Message field) {
    if (field instanceof ExtensionConfigSource source && isAds(source.getConfigSource())) {
      var name = holder.getDescriptorForType().findFieldByName("name");
      if (name != null && holder.getField(name) instanceof String text) {
        extensions.add(text);
      }
    }
  }

  private static boolean isAds(io.envoyproxy.envoy.config.core.v3.ConfigSource source) {
    ConfigSourceSpecifierCase specifier = source.getConfigSourceSpecifierCase();
    return specifier == ConfigSourceSpecifierCase.ADS
        || specifier == ConfigSourceSpecifierCase.SELF;
  }
}
