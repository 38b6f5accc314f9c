package dev.pilothouse.delve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The program of a live session. */
final class LiveProgram implements Program {
  /** Go's own flavour of assembly. */
  private static final int GO_FLAVOUR = 2;

  private final LiveSession session;

  LiveProgram(LiveSession session) {
    this.session = session;
  }

  @Override
  public List<String> sources(String filter) {
    return names("source files", "ListSources", "Sources", filter);
  }

  @Override
  public List<String> functions(String filter) {
    return names("functions", "ListFunctions", "Funcs", filter);
  }

  @Override
  public List<String> types(String filter) {
    return names("types", "ListTypes", "Types", filter);
  }

  @Override
  public List<GoValue> packageVariables(String filter, LoadLimits limits) {
    ObjectNode request = Requests.with("Filter", filter);
    request.set("Cfg", Requests.limits(limits));
    JsonNode found =
        session.ask("reading the package variables " + filter, "ListPackageVars", request);
    return session.reading().values(found.path("Variables"));
  }

  @Override
  public List<Instruction> disassemble(String function) {
    String tried = "disassembling " + function;
    List<Instruction> all = new ArrayList<>();
    for (JsonNode location : session.locate(tried, new BreakpointSpec.Function(function))) {
      ObjectNode request = Requests.with("Scope", Requests.scope(-1, 0));
      request.put("StartPC", location.path("pc").asLong()).put("EndPC", 0);
      request.put("Flavour", GO_FLAVOUR);
      JsonNode found = session.ask(tried, "Disassemble", request).path("Disassemble");
      all.addAll(Reading.list(found, session.reading()::instruction));
    }
    return List.copyOf(all);
  }

  @Override
  public List<SourceLocation> find(BreakpointSpec.Place place) {
    return session.locate("looking for " + place, place).stream()
        .map(session.reading()::location)
        .toList();
  }

  private List<String> names(String what, String method, String key, String filter) {
    JsonNode found = session.ask("listing " + what, method, Requests.with("Filter", filter));
    return List.copyOf(Reading.texts(found.path(key)));
  }
}
