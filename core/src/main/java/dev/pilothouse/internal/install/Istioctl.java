package dev.pilothouse.internal.install;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.toolbox.Command;
import dev.pilothouse.toolbox.ManagedProcess;
import dev.pilothouse.toolbox.ProcessSpec;
import dev.pilothouse.toolbox.RunDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Istio's command line, as a program.
 *
 * @param program the binary
 * @param kubeconfig the cluster
 * @param charts a folder with Istio's charts and profiles, or null for those in the binary
 */
public record Istioctl(Path program, Path kubeconfig, @Nullable Path charts) {
  private static final Duration TO_RENDER = Duration.ofMinutes(1);
  private static final int LOG_LINES = 200;
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);

  /** Colours, and the carriage returns of progress lines. */
  private static final Pattern TERMINAL = Pattern.compile("\u001b\\[[0-9;]*[A-Za-z]|\r");

  /** Not the picture of a sailing boat. */
  private static final Pattern WORDS = Pattern.compile("[A-Za-z]");

  private static final Pattern PROGRESS = Pattern.compile("^- (Processing|Pruning).*");

  /**
   * The manifests that an installation consists of, for this very cluster.
   *
   * @param operatorFile an IstioOperator
   * @param settings further settings, each as {@code path=value}
   * @return YAML
   * @throws PilothouseException if istioctl refuses it, with istioctl's words
   */
  public String render(Path operatorFile, List<String> settings) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "manifest", "generate"));
    command.add("--cluster-specific");
    command.addAll(arguments(operatorFile, settings));
    Path folder = operatorFile.getParent();
    if (folder == null) {
      throw new IllegalArgumentException("the file lies in no folder: " + operatorFile);
    }
    Command.Result result = new Command(command, Map.of(), folder, TO_RENDER).run();
    if (result.exitCode() != 0) {
      throw new PilothouseException(
          "rendering Istio's manifests with " + program,
          words(result.stderr().lines().toList()),
          "correct InstallSpec.values or settings",
          null,
          null);
    }
    return result.stdout();
  }

  /**
   * Starts {@code istioctl install}.
   *
   * @param run where it runs
   * @param operatorFile an IstioOperator
   * @param settings further settings, each as {@code path=value}
   * @param patience how long it waits for resources
   * @return the running process
   */
  public ManagedProcess install(
      RunDirectory run, Path operatorFile, List<String> settings, Duration patience) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "install", "-y"));
    command.addAll(arguments(operatorFile, settings));
    command.add("--readiness-timeout=" + patience.toMillis() + "ms");
    return run.start(
        new ProcessSpec("istioctl-install", command, Map.of(), run.path(), STOP_GRACE));
  }

  /**
   * What it printed, for a message.
   *
   * @param process istioctl
   * @return the lines that say something
   */
  public static String words(ManagedProcess process) {
    return words(process.logTail(LOG_LINES));
  }

  private static String words(List<String> lines) {
    return String.join(
        System.lineSeparator(),
        lines.stream()
            .map(line -> TERMINAL.matcher(line).replaceAll("").strip())
            .filter(line -> WORDS.matcher(line).find() && !PROGRESS.matcher(line).matches())
            .distinct()
            .toList());
  }

  private List<String> arguments(Path operatorFile, List<String> settings) {
    List<String> arguments = new ArrayList<>(List.of("-f", operatorFile.toString()));
    for (String setting : settings) {
      arguments.add("--set");
      arguments.add(setting);
    }
    if (charts != null) {
      arguments.add("--manifests=" + charts);
    }
    arguments.add("--kubeconfig=" + kubeconfig);
    return arguments;
  }
}
