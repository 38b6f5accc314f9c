# Two commands do all the set-up on a fresh machine: `make quickstart` and `make test`.
# Needed beforehand: JDK 17, Maven, Go, Python 3 with pip (and git for the tests).

MVN ?= mvn -B -ntp
SOURCES := $(shell find . -name target -prune -o \( -path '*/src/main/*' -o -path './envoy-inspect/src/test/java/*' -o -name pom.xml \) -type f -print 2>/dev/null)
PROGRAMS := examples/target/programs.classpath
BENCHMARKS := benchmarks/target/programs.classpath
# fabric8 warns that EnvoyFilter is v1alpha3: Istio has no other.
JAVA = java -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.log.io.fabric8=error

.PHONY: help quickstart jshell tools testbed kind-example debug-example test bench format clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

quickstart: $(PROGRAMS) ## change istiod, compile it, and see the change in a real response
	@$(JAVA) -cp "$$(cat $(PROGRAMS))" dev.pilothouse.examples.Quickstart

jshell: $(PROGRAMS) ## open dumps, show, compare and assert, in JShell; no mesh needed
	@jshell --class-path "$$(cat $(PROGRAMS))" --startup DEFAULT --startup examples/jshell/pilothouse.jsh

tools: $(PROGRAMS) ## find or build all real binaries that the tests use
	@$(JAVA) -cp "$$(cat $(PROGRAMS))" dev.pilothouse.examples.ProvideTools testbed/target/tools.env

testbed: tools ## bring up Docker and the images that the tests on kind use (testbed/down removes them)
	@testbed/up

kind-example: tools ## change istiod on a kind cluster, from source to response, with the testbed's images
	@testbed/with $(JAVA) -cp "$$(cat $(PROGRAMS))" dev.pilothouse.examples.HackingOnIstiod testbed/target/testbed.properties

debug-example: tools ## debug istiod on a kind cluster, from a debug image to a breakpoint, with the testbed's images
	@testbed/with $(JAVA) -cp "$$(cat $(PROGRAMS))" dev.pilothouse.examples.DebuggingIstiod testbed/target/testbed.properties examples/target/ide

test: $(PROGRAMS) ## run all tests, those on real components included
	@scripts/prerequisites git
	@$(MAKE) --no-print-directory tools
	testbed/with $(MVN) verify

bench: $(BENCHMARKS) ## measure, and print a table (PARTS="mesh dump xds trace delivery kind loop delve" for some)
	@testbed/with $(JAVA) -cp "$$(cat $(BENCHMARKS))" dev.pilothouse.benchmarks.Main $(PARTS)

format: ## format the Java sources
	$(MVN) -q spotless:apply -pl '!bom'

clean: ## remove what the build made (the cache of binaries stays)
	$(MVN) -q clean
	@rm -rf testbed/target

# A class path file for each set of programs: rebuilt only when a main source or a pom changed.
%/target/programs.classpath: $(SOURCES)
	@scripts/prerequisites
	@echo "Building the programs in $*"
	@$(MVN) -q package -DskipTests -Dmaven.javadoc.skip -Dmaven.source.skip -Dspotless.check.skip -Denforcer.skip -pl $* -am
	@printf "%s:%s" "$$(cat $*/target/dependencies.classpath)" "$*/target/classes" > $@
