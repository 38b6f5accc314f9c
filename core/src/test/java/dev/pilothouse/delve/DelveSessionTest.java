package dev.pilothouse.delve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pilothouse.delve.DelveException.Kind;
import dev.pilothouse.source.CommonChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelveSessionTest {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final BreakpointSpec BUILD = BreakpointSpec.function("main.buildRoute");

  private static Debuggee program;

  private DelveSession debug;

  @BeforeAll
  static void start() {
    program = Debuggee.underDelve();
  }

  @AfterAll
  static void stop() {
    program.close();
  }

  @BeforeEach
  void attach() {
    debug = program.attach();
  }

  /** However a test ends, the program answers afterwards. */
  @AfterEach
  void closeAndSeeItRun() {
    debug.close();
    assertThat(program.get("/add?a=1&b=2")).succeedsWithin(SOON).isEqualTo("3");
  }

  @Test
  void tellsTheVersionsAndThatItRuns() {
    assertThat(debug.version().delve()).startsWith("1.");
    assertThat(debug.version().goVersion()).startsWith("go1.");
    assertThat(debug.state().running()).isTrue();
  }

  @Test
  void stopsAtAFunctionAndReadsTypedValues() {
    Breakpoint stop = debug.breakAt(BUILD.withStack(5));
    CompletableFuture<String> reply = program.get("/route?name=httpbin&port=8000");
    Hit hit = stop.await(SOON);
    assertThat(hit.location().function()).isEqualTo("main.buildRoute");
    assertThat(hit.calledFrom("main.outer")).isTrue();
    assertThat(hit.count()).isEqualTo(1);
    assertThat(debug.state().status()).isEqualTo(DebugState.Status.STOPPED);

    GoValue opts = debug.scope(hit).eval("opts");
    assertThat(opts.kind()).isEqualTo(GoKind.POINTER);
    assertThat(opts.field("Name").text()).isEqualTo("httpbin");
    assertThat(opts.field("Port").number()).isEqualTo(8000);
    assertThat(opts.field("ID").text()).as("of an embedded struct").isEqualTo("id-httpbin");
    assertThat(opts.field("Ratio").decimal()).isEqualTo(0.5);
    assertThat(Long.toUnsignedString(opts.field("Big").number())).isEqualTo("18446744073709551615");
    assertThat(opts.field("Level").number()).as("a named constant").isEqualTo(1);
    assertThat(opts.field("Level").value()).isEqualTo("High (1)");
    assertThat(opts.field("TLS").bool()).isTrue();
    assertThat(opts.field("Hosts").elements())
        .extracting(GoValue::text)
        .containsExactly("a", "b", "c");
    assertThat(opts.at("Labels[dotted.key/x]").text()).isEqualTo("v");
    assertThat(opts.at("Weights[7].W").number()).isEqualTo(70);
    assertThat(opts.at("Grid[1][0]").number()).isEqualTo(3);
    assertThat(opts.at("Next.Port").number()).isEqualTo(8001);
    assertThat(opts.field("Any").target().field("Host").text()).isEqualTo("any");
    assertThat(opts.at("Err.msg").text()).isEqualTo("wrapped: inner");
    assertThat(opts.field("Fn").value()).isEqualTo("main.double");
    assertThat(opts.field("None").isNil()).isTrue();
    assertThat(opts.field("Nothing").isNil()).isTrue();
    assertThat(opts.field("Ch").capacity()).isEqualTo(3);
    assertThat(opts.toString())
        .startsWith("&main.Options{Base: {ID: \"id-httpbin\"}, Name: \"httpbin\", Port: 8000")
        .doesNotContain("\n");
    assertThatThrownBy(() -> opts.field("Prot"))
        .hasMessageContaining("no field Prot in main.Options, which has Base, Name, Port");

    debug.resume();
    assertThat(reply).succeedsWithin(SOON).isEqualTo("httpbin:8000");
  }

  @Test
  void readsMoreOfAValueThatTheLimitsCut() {
    Breakpoint stop = debug.breakAt(BUILD);
    CompletableFuture<String> reply = program.get("/long?n=300000");
    Hit hit = stop.await(SOON);
    GoValue name = hit.argument("opts").field("Name");
    assertThat(name.truncated()).isTrue();
    assertThat(name.complete()).isFalse();
    assertThat(name.length()).isEqualTo(300_000);
    assertThat(name.toString()).endsWith("…(300000 bytes)").hasSizeLessThan(300);
    GoValue whole = debug.scope(hit).more(name, LoadLimits.usual().withStringLength(1_000_000));
    assertThat(whole.text()).hasSize(300_000).matches("x+");
    assertThat(whole.complete()).isTrue();
    assertThat(whole.name()).isEqualTo("Name");
    debug.resume();
    assertThat(reply).succeedsWithin(SOON);
  }

  @Test
  void stepsAndCallsAndSets() {
    Breakpoint stop = debug.breakAt(BUILD);
    CompletableFuture<String> reply = program.get("/route?name=x&port=1");
    int line = stop.await(SOON).location().line();
    assertThat(debug.next(SOON).location().orElseThrow().line()).isEqualTo(line + 1);
    assertThat(debug.next(SOON).location().orElseThrow().line()).isEqualTo(line + 2);
    debug.next(SOON);
    Scope here = debug.scope();
    assertThat(here.locals(LoadLimits.usual())).extracting(GoValue::name).contains("local", "n");
    assertThat(here.eval("n + 1").number()).isEqualTo(4);
    assertThat(here.call("double(21)", SOON)).extracting(GoValue::number).containsExactly(42L);
    here.set("opts.Port", "9999");
    assertThat(here.eval("opts.Port").number()).isEqualTo(9999);
    here.set("local", "\"changed\"");
    assertThat(here.eval("local").text()).isEqualTo("changed");
    here.set("local", "opts.Name");
    assertThat(here.eval("local").text()).as("no string is new").isEqualTo("x");
    here.set("local", "\"\"");
    assertThat(here.eval("local").text()).isEmpty();
    here.set("local", "`raw \"string\"`");
    assertThat(here.eval("local").text()).isEqualTo("raw \"string\"");
    failsWith(Kind.EXPRESSION, () -> here.set("nosuch", "\"x\""), "nosuch");
    failsWith(Kind.EXPRESSION, () -> here.set("local", "3"), "setting local to 3");
    Scope outer = debug.scope(-1, 1);
    failsWith(Kind.EXPRESSION, () -> outer.set("opts.Name", "\"new\""), "innermost frame only");
    outer.set("opts.Name", "opts.Base.ID");
    assertThat(outer.eval("opts.Name").text()).isEqualTo("id-x");
    assertThat(debug.stepOut(SOON).location().orElseThrow().function()).isEqualTo("main.middle");
    assertThat(
            debug.stack(-1, 3, LoadLimits.brief()).get(1).variable("opts").field("Port").number())
        .isEqualTo(9999);
    debug.resume();
    assertThat(reply).succeedsWithin(SOON);
  }

  @Test
  void aCallAtABreakpointIsNoSecondHit() {
    Breakpoint stop = debug.breakAt(BUILD);
    Tracepoint adds = debug.trace(BreakpointSpec.function("main.add"));
    CompletableFuture<String> reply = program.get("/route?name=x&port=1");
    Hit hit = stop.await(SOON);
    assertThat(debug.scope(hit).call("add(20, 22)", SOON))
        .as("it goes on after a tracepoint in it")
        .extracting(GoValue::number)
        .containsExactly(42L);
    assertThat(adds.await(1, SOON)).hasSize(1);
    debug.resume();
    assertThat(reply).succeedsWithin(SOON);
    assertThat(stop.pending()).isEmpty();
  }

  @Test
  void stepsIntoAndSaysWhenNothingIsStopped() {
    failsWith(Kind.RUNNING, () -> debug.next(SOON), "await a breakpoint or halt() first");
    Breakpoint stop = debug.breakAt(BreakpointSpec.function("main.outer"));
    CompletableFuture<String> reply = program.get("/route?name=x&port=1");
    stop.await(SOON);
    assertThat(debug.step(SOON).location().orElseThrow().function()).isEqualTo("main.middle");
    debug.resume();
    assertThat(reply).succeedsWithin(SOON);
  }

  @Test
  void conditionsAndHitConditionsDecide() {
    try (Tracepoint ports = debug.trace(BUILD.when("opts.Port >= 8"));
        Tracepoint third =
            debug.trace(BreakpointSpec.function("main.options").withHitCondition("% 3"))) {
      assertThat(program.get("/many?n=10")).succeedsWithin(SOON);
      assertThat(ports.await(2, SOON))
          .extracting(hit -> hit.argument("opts").field("Port").number())
          .containsExactly(8L, 9L);
      assertThat(third.await(3, SOON)).hasSize(3);
    }
  }

  @Test
  void aGoroutineAloneMayCount() {
    Breakpoint tick = debug.breakAt(BreakpointSpec.function("main.tick"));
    long ticker = tick.await(SOON).goroutine();
    tick.close();
    try (Tracepoint none = debug.trace(BUILD.inGoroutine(ticker));
        Tracepoint some = debug.trace(BreakpointSpec.function("main.tick").inGoroutine(ticker))) {
      debug.resume();
      assertThat(program.get("/many?n=5")).succeedsWithin(SOON);
      assertThat(some.await(2, SOON)).extracting(Hit::goroutine).containsOnly(ticker);
      assertThat(none.count()).isZero();
    }
  }

  @Test
  void aTracepointLosesNoHit() {
    try (Tracepoint trace =
        debug.trace(BUILD.withArguments(LoadLimits.brief().withPointers(false)))) {
      CompletableFuture<String> one = program.get("/many?n=100");
      CompletableFuture<String> other = program.get("/many?n=100");
      assertThat(one).succeedsWithin(SOON);
      assertThat(other).succeedsWithin(SOON);
      List<Hit> hits = trace.await(200, SOON);
      assertThat(hits).hasSize(200);
      assertThat(trace.count()).isEqualTo(200);
      assertThat(hits).extracting(Hit::count).doesNotHaveDuplicates();
      assertThat(trace.next(SOON)).contains(hits.get(0));
    }
  }

  @Test
  void aRegularExpressionMeansManyFunctions() {
    BreakpointSpec all = BreakpointSpec.functions("^main\\.(outer|middle|buildRoute)$");
    try (Tracepoint trace = debug.trace(all)) {
      assertThat(trace.locations()).hasSize(3);
      assertThat(program.get("/route?name=r&port=3")).succeedsWithin(SOON);
      assertThat(trace.await(3, SOON))
          .extracting(hit -> hit.location().function())
          .containsExactly("main.outer", "main.middle", "main.buildRoute");
    }
  }

  @Test
  void namesMeanWhatTheyEndWith() {
    Program binary = debug.program();
    for (String slash : List.of("/", "\\/")) {
      String regex = "^net" + slash + "http\\.HandlerFunc\\.ServeHTTP$";
      assertThat(binary.find(new BreakpointSpec.Functions(regex)))
          .extracting(SourceLocation::function)
          .containsExactly("net/http.HandlerFunc.ServeHTTP");
    }
    assertThat(binary.functions("HandlerFunc\\)?\\.ServeHTTP$"))
        .as("Go has made a second one")
        .hasSize(2);
    for (String name : List.of("http.HandlerFunc.ServeHTTP", "…/http.(*HandlerFunc).ServeHTTP")) {
      assertThat(binary.find(new BreakpointSpec.Function(name)))
          .extracting(SourceLocation::function)
          .containsExactly(name.replaceFirst("(…/)?http", "net/http"));
    }
  }

  @Test
  void whatFunctionsReturnIsReadAtTheirReturns() {
    BreakpointSpec returns = BreakpointSpec.returns("^main\\.(buildRoute|deferred)$");
    try (Tracepoint trace = debug.trace(returns.withStack(3))) {
      assertThat(program.get("/route?name=r&port=3")).succeedsWithin(SOON);
      Hit route = trace.next(SOON).orElseThrow();
      assertThat(route.results()).extracting(GoValue::text).containsExactly("r:3");
      assertThat(route.results().get(0).name()).isEqualTo("~r0");
      assertThat(route.arguments()).extracting(GoValue::name).containsExactly("opts", "depth");
      assertThat(route.calledFrom("main.middle")).isTrue();
      assertThat(route.toString()).endsWith("returns (~r0=\"r:3\")");
      for (int n : List.of(4, 40)) {
        assertThat(program.get("/deferred?n=" + n)).succeedsWithin(SOON);
        Hit deferred = trace.next(SOON).orElseThrow();
        assertThat(deferred.argument("n").number()).isEqualTo(n);
        assertThat(deferred.results())
            .as("after what was deferred")
            .extracting(GoValue::number)
            .containsExactly(Math.min(n, 10) + 1L);
      }
      assertThat(trace.count()).as("once each").isEqualTo(3);
    }
    failsWith(
        Kind.NOT_FOUND,
        () -> debug.trace(BreakpointSpec.returns("^main\\.nosuch$")),
        "no function's name matches /^main\\.nosuch$/");
    failsWith(
        Kind.EXPRESSION, () -> debug.trace(BreakpointSpec.returns("runtime")), "more than 200");
  }

  @Test
  void whoProducedAPartIsTheFirstToReturnIt() {
    ProducerProbe probe =
        debug
            .producersOf(CommonChange.HTTP_ROUTES, "httpbin")
            .among("^main\\.(options|outer|middle|buildRoute|add)$");
    Producers who = probe.when(() -> program.get("/route?name=httpbin&port=3").join());
    assertThat(who.producers())
        .extracting(Producer::function)
        .containsExactly("main.options", "main.buildRoute", "main.middle", "main.outer");
    assertThat(who.first().path()).isEqualTo("~r0.Base.ID");
    assertThat(who.first().text()).isEqualTo("id-httpbin");
    assertThat(who.requireBy("main.buildRoute").hit().calledFrom("main.outer")).isTrue();
    assertThat(who.candidates()).containsEntry("main.options", 1).doesNotContainKey("main.add");
    assertThatThrownBy(() -> who.requireBy("main.add"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("main.add returned nothing with \"httpbin\", but")
        .hasMessageContaining("~r0 = \"httpbin:3\"");

    Producers nobody =
        probe.when(() -> program.get("/route?name=other&port=3").join(), Duration.ofMillis(50));
    assertThatThrownBy(nobody::first)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("no candidate returned anything with \"httpbin\"; reached were")
        .hasMessageContaining("main.buildRoute, × 1");
    assertThatThrownBy(() -> debug.producersOf(CommonChange.BOOTSTRAP, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("BOOTSTRAP ends in no pushed resource");
  }

  @Test
  void aLineIsFoundByAnyOfItsPaths() throws Exception {
    int line = lineOf("n := len(local)");
    for (String file : List.of(Debuggee.source().toString(), "debuggee/main.go", "main.go")) {
      try (Breakpoint stop = debug.breakAt(BreakpointSpec.line(file, line))) {
        CompletableFuture<String> reply = program.get("/route?name=x&port=1");
        assertThat(debug.scope(stop.await(SOON)).eval("local").text()).isEqualTo("x:1");
        debug.resume();
        assertThat(reply).succeedsWithin(SOON);
      }
    }
    failsWith(
        Kind.NOT_FOUND,
        () -> debug.breakAt(BreakpointSpec.line("maiin.go", 3)),
        "the program has no source file maiin.go",
        "main.go");
    failsWith(
        Kind.NOT_FOUND,
        () -> debug.breakAt(BreakpointSpec.line(Debuggee.source(), 3)),
        "main.go:3");
  }

  @Test
  void aWatchpointStopsWhoWrites() {
    debug.halt();
    try (Breakpoint watch = debug.scope().watch("main.Ticks", WatchOn.WRITE)) {
      debug.resume();
      assertThat(watch.await(SOON).location().function()).isEqualTo("main.tick");
      assertThat(debug.state().reason()).isEqualTo("watchpoint");
    }
    debug.resume();
  }

  @Test
  void listsWhatTheProgramHolds(@TempDir Path folder) {
    Program binary = debug.program();
    assertThat(binary.functions("^main\\.(add|double)$"))
        .containsExactly("main.add", "main.double");
    assertThat(binary.types("^main\\.")).contains("main.Options");
    assertThat(binary.sources("main\\.go$")).contains(Debuggee.source().toString());
    assertThat(binary.packageVariables("^main\\.Ticks$", LoadLimits.brief()))
        .extracting(GoValue::number)
        .allSatisfy(ticks -> assertThat(ticks).isPositive());
    assertThat(binary.disassemble("main.add").get(0).text()).isNotBlank();
    assertThat(binary.find(new BreakpointSpec.Function("main.add")).get(0).file())
        .isEqualTo(Debuggee.source().toString());
    GoroutinePage first = debug.goroutines(GoroutineQuery.all().page(0, 2));
    assertThat(first.goroutines()).hasSize(2);
    assertThat(first.next()).isPositive();
    GoroutineQuery.Filter ticker =
        new GoroutineQuery.Filter(GoroutineQuery.Field.BEGAN_IN, "main.main.func1", false);
    assertThat(debug.goroutines(GoroutineQuery.all().with(ticker)).goroutines()).hasSize(1);
    debug.dumpCore(folder.resolve("core"), Duration.ofMinutes(1));
    assertThat(folder.resolve("core")).isNotEmptyFile();
    assertThat(debug.state().running()).isTrue();
  }

  @Test
  void countsCallsWhileSomethingHappens() {
    Calls calls =
        debug
            .on("…/main.buildRoute")
            .where("opts.Port > 5")
            .withStack(3)
            .when(() -> program.get("/many?n=10").join());
    assertThat(calls.requireCount(4).first().argument("opts").field("Port").number()).isEqualTo(6);
    assertThat(calls.first().stack()).isNotEmpty();
    assertThatThrownBy(calls::requireNone)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("…/main.buildRoute was reached 4 times with opts.Port > 5");

    Calls none = debug.on("main.add").when(() -> program.get("/many?n=2").join());
    assertThat(none.requireNone().reached()).isFalse();
    assertThatThrownBy(none::requireReached).hasMessage("main.add was not reached");

    CompletableFuture<String> later = new CompletableFuture<>();
    Calls after =
        debug
            .on("main.add")
            .when(
                () -> {
                  var unused = program.get("/add?a=1&b=1").thenAccept(later::complete);
                },
                SOON);
    assertThat(after.first().argument("a").number()).isEqualTo(1);
    assertThat(later).succeedsWithin(SOON);
  }

  @Test
  void saysWhatIsNotThereAndWhatIsNear() {
    failsWith(
        Kind.NOT_FOUND,
        () -> debug.breakAt(BreakpointSpec.function("main.bildRoute")),
        "the program has no function main.bildRoute",
        "did you mean main.buildRoute?");
    failsWith(
        Kind.NOT_FOUND,
        () -> debug.trace(BreakpointSpec.function("add")),
        "ambiguous",
        "write more");
    failsWith(
        Kind.EXPRESSION,
        () -> debug.breakAt(BUILD.when("opts.Port >")),
        "expected operand",
        "opts.Port >");
    failsWith(Kind.EXPRESSION, () -> debug.breakAt(BUILD.withHitCondition("often")), "often");
    assertThat(debug.breakpoints()).isEmpty();
  }

  @Test
  void aConditionThatMeansNothingIsToldAtTheFirstHit() {
    Breakpoint stop = debug.breakAt(BUILD.when("nosuch == 3"));
    CompletableFuture<String> reply = program.get("/many?n=3");
    failsWith(Kind.EXPRESSION, () -> stop.await(SOON), "could not find symbol value for nosuch");
    assertThat(reply).as("it goes on").succeedsWithin(SOON);
    assertThat(debug.breakpoints()).isEmpty();
  }

  @Test
  void expressionsThatMeanNothingAreRefused() {
    Breakpoint stop = debug.breakAt(BUILD);
    CompletableFuture<String> reply = program.get("/route?name=x&port=1");
    Scope scope = debug.scope(stop.await(SOON));
    failsWith(Kind.EXPRESSION, () -> scope.eval("opts.Nope"), "opts has no member Nope");
    failsWith(Kind.EXPRESSION, () -> scope.eval("opts."), "opts.");
    failsWith(Kind.EXPRESSION, () -> scope.call("nosuch()", SOON), "nosuch");
    failsWith(Kind.EXPRESSION, () -> scope.set("opts.Name.x", "1"), "opts.Name");
    assertThat(scope.eval("*(*main.Options)(0x10)").complete()).isFalse();
    assertThatThrownBy(() -> scope.eval("*(*int)(0x10)").number())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("unreadable");
    debug.resume();
    assertThat(reply).succeedsWithin(SOON);
  }

  private static int lineOf(String code) throws Exception {
    return 1
        + Files.readAllLines(Debuggee.source()).stream().map(String::strip).toList().indexOf(code);
  }

  static void failsWith(Kind kind, ThrowingCallable action, String... texts) {
    assertThatThrownBy(action)
        .asInstanceOf(InstanceOfAssertFactories.type(DelveException.class))
        .satisfies(e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
        .satisfies(
            e ->
                assertThat(List.of(texts))
                    .allSatisfy(text -> assertThat(e).hasMessageContaining(text)));
  }
}
