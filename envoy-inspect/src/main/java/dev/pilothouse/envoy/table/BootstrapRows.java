package dev.pilothouse.envoy.table;

import java.util.ArrayList;
import java.util.List;

/** What a bootstrap says, item by item. */
final class BootstrapRows {
  /** An item and its value. */
  record Item(String name, String value) {}

  static final List<Column<Item>> COLUMNS =
      List.of(new Column<>("ITEM", Item::name), new Column<>("VALUE", Item::value));

  private final List<Item> items = new ArrayList<>();

  private BootstrapRows() {}

  static List<Item> of(Fields bootstrap) {
    BootstrapRows rows = new BootstrapRows();
    rows.addVersions(bootstrap.object("node"));
    Fields node = bootstrap.object("node");
    rows.add("Node", node.text("id"));
    rows.add("Node cluster", node.text("cluster"));
    Fields admin = bootstrap.object("admin").object("address").object("socket_address");
    rows.add(
        "Admin", admin.isEmpty() ? "" : admin.text("address") + ":" + admin.text("port_value"));
    Fields dynamic = bootstrap.object("dynamic_resources");
    rows.add("Control plane", source(dynamic.object("ads_config")));
    Fields resources = bootstrap.object("static_resources");
    rows.add("Static clusters", names(resources, "clusters"));
    rows.add("Static listeners", names(resources, "listeners"));
    rows.add("Static secrets", names(resources, "secrets"));
    rows.add("Tracing", bootstrap.object("tracing").object("http").text("name"));
    rows.add("Extensions", names(bootstrap, "bootstrap_extensions"));
    for (Fields layer : bootstrap.object("layered_runtime").objects("layers")) {
      rows.add("Runtime " + layer.text("name"), runtime(layer));
    }
    return rows.items;
  }

  private void addVersions(Fields node) {
    Fields metadata = node.object("metadata");
    add("Istio Version", metadata.text("ISTIO_VERSION"));
    String sha = metadata.text("ISTIO_PROXY_SHA");
    add("Istio Proxy Version", sha.substring(sha.indexOf(':') + 1));
    Fields build = node.object("user_agent_build_version");
    if (!build.isEmpty()) {
      add("Envoy Version", version(build));
    }
  }

  private void add(String name, String value) {
    if (!value.isEmpty()) {
      items.add(new Item(name, value));
    }
  }

  private static String version(Fields build) {
    Fields version = build.object("version");
    Fields metadata = build.object("metadata");
    StringBuilder text = new StringBuilder();
    for (String part : List.of("major_number", "minor_number", "patch")) {
      text.append(text.isEmpty() ? "" : ".").append(Texts.number(version.text(part)));
    }
    text.append(metadata.has("build.label") ? "-" + metadata.text("build.label") : "");
    for (String part : List.of("revision.status", "build.type", "ssl.version")) {
      text.append(metadata.has(part) ? "/" + metadata.text(part) : "");
    }
    return text.toString();
  }

  private static String source(Fields ads) {
    List<String> servers =
        ads.objects(
            "grpc_services",
            service -> {
              String cluster = service.object("envoy_grpc").text("cluster_name");
              String google = service.object("google_grpc").text("target_uri");
              return cluster.isEmpty() ? google : "cluster " + cluster;
            });
    String type = ads.text("api_type");
    return Texts.join(servers) + (type.isEmpty() ? "" : " (" + type + ")");
  }

  private static String names(Fields holder, String field) {
    return Texts.join(holder.objects(field, each -> each.text("name")));
  }

  private static String runtime(Fields layer) {
    String rest = layer.object("static_layer").rest();
    return rest.isEmpty() ? String.join(" ", layer.names().stream().skip(1).toList()) : rest;
  }
}
