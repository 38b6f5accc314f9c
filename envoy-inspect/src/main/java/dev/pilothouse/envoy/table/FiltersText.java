package dev.pilothouse.envoy.table;

import java.util.List;

/** The filters of a filter chain, in order. */
final class FiltersText {
  private static final String HTTP = "envoy.filters.network.http_connection_manager";
  private static final String TCP = "envoy.filters.network.tcp_proxy";

  private FiltersText() {}

  static boolean isHttp(Fields filter) {
    return filter.text("name").equals(HTTP)
        || type(filter).endsWith(".http_connection_manager.v3.HttpConnectionManager");
  }

  static boolean isTcp(Fields filter) {
    return filter.text("name").equals(TCP) || type(filter).endsWith(".tcp_proxy.v3.TcpProxy");
  }

  static String of(Fields chain) {
    return Texts.join(chain.objects("filters", FiltersText::name));
  }

  private static String name(Fields filter) {
    if (!isHttp(filter)) {
      return Texts.shortName(filter.text("name"));
    }
    List<String> http =
        filter
            .object("typed_config")
            .objects(
                "http_filters",
                each ->
                    Texts.shortName(each.text("name")) + (each.flag("disabled") ? " (off)" : ""));
    return "http[" + Texts.join(http) + "]";
  }

  private static String type(Fields filter) {
    return filter.object("typed_config").text("@type");
  }
}
