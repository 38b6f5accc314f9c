package dev.pilothouse.istiod;

import dev.pilothouse.internal.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The flags, log scopes and environment variables that a pilot-discovery says it knows. It accepts
 * others in silence, so we ask it beforehand.
 *
 * @param flags names of flags, without dashes
 * @param scopes log scopes
 * @param levels log levels
 * @param variables environment variables and their types, as istiod's manual names them; empty when
 *     it has no manual
 */
record KnownOptions(
    Set<String> flags, Set<String> scopes, Set<String> levels, Map<String, String> variables) {
  private static final Pattern FLAG = Pattern.compile("(?m)^\\s+(?:-\\w, )?--([\\w-]+)");
  private static final Pattern SCOPES =
      Pattern.compile(
          "--log_output_level .*?scope can be one of \\[([^]]*)].*?level can be one of \\[([^]]*)]");
  private static final Pattern VARIABLE =
      Pattern.compile("<code>(\\w+)</code></a></td>\\s*<td>([^<]*)</td>");

  /** Variables of these names are meant for istiod; others may be for Go or a library. */
  private static final Pattern ISTIODS_OWN = Pattern.compile("(PILOT|ISTIOD?|CITADEL|AMBIENT)_.*");

  private static final Map<String, Pattern> VALUES =
      Map.of(
          "Boolean", Pattern.compile("1|0|t|f|T|F|true|false|TRUE|FALSE|True|False"),
          "Integer", Pattern.compile("[+-]?\\d+"),
          "Floating-Point", Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?"),
          "Time Duration",
              Pattern.compile("[+-]?(0|((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|ms|s|m|h))+)"));

  /** What we set ourselves, and what the user has to use instead. */
  private static final Map<String, String> OUR_FLAGS = new TreeMap<>();

  static {
    for (String port :
        List.of(
            "httpAddr",
            "httpsAddr",
            "grpcAddr",
            "secureGRPCAddr",
            "monitoringAddr",
            "ctrlz_port",
            "ctrlz_address")) {
      OUR_FLAGS.put(port, "the ports are allotted");
    }
    OUR_FLAGS.put("kubeconfig", "it is the cluster's");
    OUR_FLAGS.put("meshConfig", "use IstiodSpec.withMeshConfig");
    OUR_FLAGS.put("log_output_level", "use IstiodSpec.withLogLevel");
    OUR_FLAGS.put("log_target", "the log goes to Istiod.log()");
    OUR_FLAGS.put("namespace", "set the environment variable POD_NAMESPACE");
  }

  private static final Map<String, String> OUR_VARIABLES =
      Map.of("POD_NAME", "use IstiodSpec.withName", "REVISION", "use IstiodSpec.withRevision");

  KnownOptions {
    flags = Set.copyOf(flags);
    scopes = Set.copyOf(scopes);
    levels = Set.copyOf(levels);
    variables = Map.copyOf(variables);
  }

  /**
   * Reads istiod's own words.
   *
   * @param help what {@code pilot-discovery discovery --help} prints
   * @param manual the HTML page that {@code pilot-discovery collateral} writes; empty for none
   */
  static KnownOptions read(String help, String manual) {
    Set<String> flags = new TreeSet<>();
    Matcher flag = FLAG.matcher(help);
    while (flag.find()) {
      flags.add(flag.group(1));
    }
    Matcher logging = SCOPES.matcher(help);
    boolean found = logging.find();
    Map<String, String> variables = new LinkedHashMap<>();
    Matcher variable = VARIABLE.matcher(manual);
    while (variable.find()) {
      variables.put(variable.group(1), variable.group(2));
    }
    return new KnownOptions(
        flags,
        found ? Set.of(logging.group(1).split(", ")) : Set.of(),
        found ? Set.of(logging.group(2).split(", ")) : Set.of(),
        variables);
  }

  /** Whether there is anything in a specification to be checked. */
  static boolean concern(IstiodSpec spec) {
    return !(spec.arguments().isEmpty()
        && spec.environment().isEmpty()
        && spec.logLevels().isEmpty());
  }

  /** What is wrong with a specification, all of it, one sentence each. */
  List<String> complaints(IstiodSpec spec) {
    List<String> complaints = new ArrayList<>();
    for (String argument : spec.arguments()) {
      if (argument.startsWith("--")) {
        complainOfFlag(argument.substring(2).replaceFirst("=.*", ""), complaints);
      } else if (argument.equals("-n")) {
        complainOfFlag("namespace", complaints);
      } else if (argument.startsWith("-")) {
        complaints.add(argument + " is no flag that it knows; flags have two dashes");
      }
    }
    spec.environment().forEach((name, value) -> complainOfVariable(name, value, complaints));
    spec.logLevels().forEach((scope, level) -> complainOfScope(scope, level, complaints));
    return complaints;
  }

  private void complainOfFlag(String name, List<String> complaints) {
    if (OUR_FLAGS.containsKey(name)) {
      complaints.add("--" + name + " is set by Pilothouse: " + OUR_FLAGS.get(name));
    } else if (!flags.isEmpty() && !flags.contains(name)) {
      complaints.add("it knows no flag --" + name + Nearest.suggestion(name, flags));
    }
  }

  private void complainOfVariable(String name, String value, List<String> complaints) {
    if (OUR_VARIABLES.containsKey(name)) {
      complaints.add(name + " is set by Pilothouse: " + OUR_VARIABLES.get(name));
      return;
    }
    String type = variables.get(name);
    if (type != null) {
      Pattern form = VALUES.get(type);
      if (form != null && !form.matcher(value).matches()) {
        String article = type.equals("Integer") ? "an " : "a ";
        complaints.add(
            "it takes "
                + article
                + type.toLowerCase(Locale.ROOT)
                + " for "
                + name
                + ", not \""
                + value
                + "\"");
      }
    } else if (!variables.isEmpty()) {
      String suggestion = Nearest.suggestion(name, variables.keySet());
      if (!suggestion.isEmpty() || ISTIODS_OWN.matcher(name).matches()) {
        complaints.add("it knows no environment variable " + name + suggestion);
      }
    }
  }

  private void complainOfScope(String scope, String level, List<String> complaints) {
    if (!scopes.isEmpty() && !scopes.contains(scope)) {
      complaints.add("it knows no log scope " + scope + Nearest.suggestion(scope, scopes));
    }
    if (!levels.isEmpty() && !levels.contains(level)) {
      complaints.add("it knows no log level " + level + ", only " + new TreeSet<>(levels));
    }
  }
}
