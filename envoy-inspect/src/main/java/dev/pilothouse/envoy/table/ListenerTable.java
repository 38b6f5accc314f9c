package dev.pilothouse.envoy.table;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.ListenerResource;
import dev.pilothouse.envoy.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The listeners, one row for each filter chain. Has the columns of {@code istioctl proxy-config
 * listener} and those that it leaves out: {@code TLS}, what the chain's transport socket does;
 * {@code FILTERS}, its filters in order, the HTTP filters in brackets; {@code STATE} and {@code
 * REASON} of listeners that warm, drain or were rejected; and in {@code MATCH} also what is asked
 * of a connection's source.
 *
 * <pre>{@code
 * EnvoyTables.of(config).listeners().port(15006).table();
 * }</pre>
 *
 * @param config the configuration
 * @param address an address that the listener has; empty for all
 * @param port the port of its first address; 0 for all
 * @param type {@code HTTP}, {@code TCP}, {@code HTTP+TCP} or {@code UNKNOWN}, in any case; empty
 *     for all
 * @param brief whether there is one row for each listener, with its type, in the place of its
 *     chains
 * @param wanted which listeners are chosen besides
 */
public record ListenerTable(
    EnvoyConfig config,
    String address,
    int port,
    String type,
    boolean brief,
    Predicate<? super ListenerResource> wanted)
    implements ResourceTable<ListenerResource> {

  private static final List<Column<Row>> HEAD =
      List.of(
          new Column<>("NAME", row -> row.listener.resource().name()),
          new Column<>("ADDRESSES", row -> String.join(",", row.listener.addresses())),
          new Column<>("PORT", row -> row.listener.port()),
          new Column<>("STATE", row -> Texts.state(row.listener.resource())));
  private static final List<Column<Row>> SUMMARY =
      with(
          List.of(
              new Column<>("TYPE", row -> row.listener.type()),
              new Column<>("CHAINS", row -> "" + row.listener.chains().size())));
  private static final List<Column<Row>> CHAINS =
      with(
          List.of(
              new Column<>("CHAIN", row -> row.chain.text("name")),
              new Column<>("MATCH", row -> row.listener.match(row.chain)),
              new Column<>("TLS", row -> TlsText.ofChain(row.chain)),
              new Column<>("FILTERS", row -> FiltersText.of(row.chain)),
              new Column<>("DESTINATION", row -> DestinationText.of(row.chain))));

  private record Row(ListenerView listener, Fields chain) {}

  static ListenerTable of(EnvoyConfig config) {
    return new ListenerTable(config, "", 0, "", false, any -> true);
  }

  /**
   * The same for listeners at an address.
   *
   * @param wantedAddress as {@code 0.0.0.0}, without a port; empty for all
   * @return a new table
   */
  public ListenerTable address(String wantedAddress) {
    return new ListenerTable(config, wantedAddress, port, type, brief, wanted);
  }

  /**
   * The same for listeners at a port.
   *
   * @param wantedPort as 15006; 0 for all
   * @return a new table
   */
  public ListenerTable port(int wantedPort) {
    return new ListenerTable(config, address, wantedPort, type, brief, wanted);
  }

  /**
   * The same for listeners of a type.
   *
   * @param wantedType {@code HTTP}, {@code TCP}, {@code HTTP+TCP} or {@code UNKNOWN}, in any case;
   *     empty for all
   * @return a new table
   */
  public ListenerTable type(String wantedType) {
    return new ListenerTable(config, address, port, wantedType, brief, wanted);
  }

  /**
   * The same with one row for each listener.
   *
   * @return a new table
   */
  public ListenerTable summary() {
    return new ListenerTable(config, address, port, type, true, wanted);
  }

  @Override
  public ListenerTable where(Predicate<? super ListenerResource> more) {
    return new ListenerTable(
        config, address, port, type, brief, each -> wanted.test(each) && more.test(each));
  }

  @Override
  public List<ListenerResource> resources() {
    return views().stream().map(ListenerView::resource).toList();
  }

  @Override
  public List<String> columns() {
    return Column.names(brief ? SUMMARY : CHAINS);
  }

  @Override
  public List<List<String>> rows() {
    List<Row> rows = new ArrayList<>();
    for (ListenerView listener : views()) {
      if (brief || listener.chains().isEmpty()) {
        rows.add(new Row(listener, Fields.none()));
      } else {
        listener.chains().forEach(chain -> rows.add(new Row(listener, chain)));
      }
    }
    return Column.rows(brief ? SUMMARY : CHAINS, rows);
  }

  /** One line: how many listeners are chosen. */
  @Override
  public String toString() {
    int all = config.listeners().size();
    return "ListenerTable[" + resources().size() + " of " + all + " listeners]";
  }

  private List<ListenerView> views() {
    return config.listeners().stream()
        .filter(wanted)
        .map(ListenerView::of)
        .filter(this::chooses)
        .sorted(
            Comparator.comparingInt((ListenerView view) -> (int) Texts.number(view.port()))
                .thenComparing(view -> view.addresses().get(0))
                .thenComparing(ListenerView::type)
                .thenComparing(view -> view.resource().state() != Resource.State.ACTIVE))
        .toList();
  }

  private boolean chooses(ListenerView view) {
    return (address.isEmpty() || view.addresses().stream().anyMatch(address::equalsIgnoreCase))
        && (port == 0 || view.port().equals("" + port))
        && (type.isEmpty() || view.type().equals(type.toUpperCase(Locale.ROOT)));
  }

  private static List<Column<Row>> with(List<Column<Row>> more) {
    List<Column<Row>> all = new ArrayList<>(HEAD);
    all.addAll(more);
    all.add(new Column<>("REASON", row -> row.listener.resource().reason()));
    return List.copyOf(all);
  }
}
