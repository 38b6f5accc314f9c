package dev.pilothouse.integration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractSoftAssertions;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The design's rules that a compiler does not know. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.pilothouse");

  private static final String[] TOOLBOX = {"dev.pilothouse.toolbox.."};
  private static final String[] ENVOY = {"dev.pilothouse.envoy.."};
  private static final String[] CORE = {
    "dev.pilothouse",
    "dev.pilothouse.failure..",
    "dev.pilothouse.internal..",
    "dev.pilothouse.source..",
    "dev.pilothouse.image..",
    "dev.pilothouse.cluster..",
    "dev.pilothouse.istiod..",
    "dev.pilothouse.workload..",
    "dev.pilothouse.loop..",
    "dev.pilothouse.console..",
    "dev.pilothouse.doctor..",
    "dev.pilothouse.delve.."
  };
  private static final String[] KIND = {"dev.pilothouse.kind.."};
  private static final String[] JUNIT = {"dev.pilothouse.junit.."};

  @TestFactory
  List<DynamicTest> modulesDependOnlyOnWhatTheDesignAllows() {
    return List.of(
        mayUse("toolbox", TOOLBOX),
        mayUse("envoy-inspect", ENVOY),
        mayUse("core", CORE, TOOLBOX, ENVOY),
        mayUse("kind-support", KIND, CORE, TOOLBOX, ENVOY),
        mayUse("junit-support", JUNIT, CORE, TOOLBOX, ENVOY, KIND));
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.pilothouse.(**)").should().beFreeOfCycles().check(CLASSES);
    // The front door is no slice of its own in the pattern above; nothing below it may know it.
    noClasses()
        .that()
        .resideInAnyPackage("dev.pilothouse.*..")
        .and()
        .resideOutsideOfPackages("dev.pilothouse.examples..", "dev.pilothouse.benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.pilothouse")
        .check(CLASSES);
  }

  @Test
  void noPackageIsInTwoModules() {
    Map<String, Set<String>> modulesOfPackages =
        CLASSES.stream()
            .collect(
                groupingBy(
                    JavaClass::getPackageName,
                    TreeMap::new,
                    mapping(ArchitectureTest::moduleOf, toCollection(TreeSet::new))));
    assertThat(modulesOfPackages)
        .isNotEmpty()
        .allSatisfy((name, modules) -> assertThat(modules).as(name).hasSize(1));
  }

  @Test
  void everyPackageIsNullMarked() {
    Set<String> marked = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      all.add(type.getPackageName());
      if (type.getPackage().tryGetAnnotationOfType(NullMarked.class).isPresent()) {
        marked.add(type.getPackageName());
      }
    }
    assertThat(marked).isEqualTo(all);
  }

  @Test
  void nothingPrints() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.pilothouse.examples..", "dev.pilothouse.benchmarks..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .because("a library does not own the process: it logs through slf4j or returns text")
        .check(CLASSES);
  }

  @Test
  void onlyTheAssertionsKnowAssertJ() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.pilothouse.envoy.assertj..", "dev.pilothouse.examples..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.assertj..")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("dev.pilothouse.envoy.assertj..")
        .because("AssertJ is an optional dependency: without it everything else must work")
        .check(CLASSES);
  }

  @Test
  void implementationsAreNotPublic() {
    classes()
        .that()
        .implement(
            DescribedPredicate.describe(
                "one of our interfaces",
                (JavaClass type) ->
                    type.isInterface() && type.getPackageName().startsWith("dev.pilothouse")))
        .and()
        .areNotInterfaces()
        .and()
        .areNotRecords()
        .and()
        .areNotEnums()
        .and()
        // AssertJ makes a subclass of it, and users write its name.
        .areNotAssignableTo(AbstractSoftAssertions.class)
        .should()
        .notBePublic()
        .check(CLASSES);
  }

  private static DynamicTest mayUse(String module, String[] own, String[]... others) {
    Predicate<JavaClass> allowed = inAny(own);
    for (String[] other : others) {
      allowed = allowed.or(inAny(other));
    }
    Predicate<JavaClass> ours = type -> type.getPackageName().startsWith("dev.pilothouse");
    DescribedPredicate<JavaClass> forbidden =
        DescribedPredicate.describe(
            "ours and outside what the design allows " + module, ours.and(allowed.negate()));
    return DynamicTest.dynamicTest(
        module,
        () ->
            noClasses()
                .that()
                .resideInAnyPackage(own)
                .should()
                .dependOnClassesThat(forbidden)
                .allowEmptyShould(true)
                .check(CLASSES));
  }

  private static Predicate<JavaClass> inAny(String[] packages) {
    return JavaClass.Predicates.resideInAnyPackage(packages);
  }

  /** The module's folder or jar, without the class's own path. */
  private static String moduleOf(JavaClass type) {
    URI source = type.getSource().orElseThrow().getUri();
    return source.toString().replace(type.getName().replace('.', '/') + ".class", "");
  }
}
