package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pilothouse.delve.DelveException.Kind;
import java.util.ArrayList;
import java.util.List;

/** Finds where functions return. Asks Delve, within {@link RunControl#whileStopped}. */
final class ReturnPlaces {
  /** Each takes some questions, while the program waits. */
  private static final int MOST_FUNCTIONS = 200;

  private final RunControl control;
  private final Places places;

  ReturnPlaces(RunControl control, Places places) {
    this.control = control;
    this.places = places;
  }

  List<JsonNode> find(String tried, String regex) {
    List<String> names =
        Reading.texts(
            control.ask(tried, "ListFunctions", Requests.with("Filter", regex)).path("Funcs"));
    Places.requireFew(tried, regex, names.size(), MOST_FUNCTIONS);
    List<JsonNode> found = new ArrayList<>();
    for (String name : names) {
      for (long address : returns(tried, name)) {
        found.addAll(places.locations(tried, "*0x" + Long.toHexString(address)));
      }
    }
    if (found.isEmpty()) {
      throw new DelveException(
          Kind.NOT_FOUND,
          tried,
          names.isEmpty()
              ? "no function's name matches /" + regex + "/"
              : "none of these functions returns: " + String.join(", ", names),
          "Program.functions lists them; one that is never called is not in the binary",
          null);
    }
    return found;
  }

  /**
   * Delve gives the returns, and then where deferred functions are called on the way to one: lower
   * addresses again.
   */
  private List<Long> returns(String tried, String function) {
    List<Long> returns = new ArrayList<>();
    long last = 0;
    JsonNode all = control.ask(tried, "FunctionReturnLocations", Requests.with("FnName", function));
    for (JsonNode address : all.path("Addrs")) {
      if (address.asLong() < last) {
        break;
      }
      last = address.asLong();
      returns.add(last);
    }
    return returns;
  }
}
