package dev.pilothouse.integration;

import dev.pilothouse.toolbox.Tool;
import dev.pilothouse.toolbox.Toolbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the real {@code istioctl} says of a pod's proxy and its namespace. */
final class IstioctlOnPod {
  private static final String NOTHING = "–";
  private static final Pattern CODE = Pattern.compile("\\[(IST\\d+)\\]");
  private static final Pattern DIFFERS = Pattern.compile("(\\w+) Don't Match");
  // Of all of istiod's namespaces, and of nothing that a state does.
  private static final List<String> ALWAYS = List.of("IST0102", "IST0133", "IST0118");

  private final Path binary = Toolbox.create().require(Tool.ISTIOCTL).path();
  private final Path kubeconfig;
  private final String revision;
  private final String pod;

  IstioctlOnPod(Path kubeconfig, String revision, String pod) {
    this.kubeconfig = kubeconfig;
    this.revision = revision;
    this.pod = pod;
  }

  /** What {@code proxy-status} says of the pod: whether what it has is what istiod has. */
  String proxyStatus() {
    String out = run("proxy-status", pod, "--revision", revision);
    Matcher differs = DIFFERS.matcher(out);
    List<String> sections = new ArrayList<>();
    while (differs.find()) {
      sections.add(differs.group(1).toLowerCase(Locale.ROOT) + " differ");
    }
    if (sections.isEmpty() && !out.contains("Match")) {
      throw new AssertionError("istioctl proxy-status " + pod + ": " + out);
    }
    return sections.isEmpty() ? "all match" : String.join(", ", sections);
  }

  /** The codes that {@code analyze} prints of all namespaces. */
  String analyze() {
    Matcher code = CODE.matcher(run("analyze", "-A", "--revision", revision));
    TreeSet<String> codes = new TreeSet<>();
    while (code.find()) {
      codes.add(code.group(1));
    }
    ALWAYS.forEach(codes::remove);
    return codes.isEmpty() ? NOTHING : String.join(", ", codes);
  }

  /** The lines that {@code x describe} prints of the pod. */
  List<String> describe() {
    String[] parts = pod.split("\\.", 2);
    return run("experimental", "describe", "pod", parts[0], "-n", parts[1]).lines().toList();
  }

  private String run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(binary.toString(), "--kubeconfig"));
    command.add(kubeconfig.toString());
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor(); // analyze fails when it finds something
      return out.strip();
    } catch (IOException e) {
      throw new AssertionError(command.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
