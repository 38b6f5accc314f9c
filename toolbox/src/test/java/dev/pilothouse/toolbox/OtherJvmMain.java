package dev.pilothouse.toolbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a second JVM does in the tests. It stays until its standard input ends. */
final class OtherJvmMain {
  private OtherJvmMain() {}

  @SuppressWarnings("SystemOut") // This is how it talks to the test.
  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    switch (arguments[1]) {
      case "run" -> {
        RunDirectory run = RunDirectory.open(root, "other");
        Processes.start(run, "with-orphan", Processes.WITH_ORPHAN);
        run.reservePort();
        System.out.println(run.path());
      }
      case "keep" -> {
        RunDirectory run = RunDirectory.open(root, "kept");
        run.keep();
        Processes.start(run, "with-orphan", Processes.WITH_ORPHAN);
        run.reservePort();
        System.out.println(run.path());
      }
      case "ports" -> {
        RunDirectory run = RunDirectory.open(root, "ports");
        System.out.println("ready");
        System.in.read();
        List<String> ports = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
          ports.add(Integer.toString(run.reservePort()));
        }
        System.out.println(String.join(" ", ports));
      }
      case "churn" -> {
        System.out.println("ready");
        System.in.read();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
          try (RunDirectory run = RunDirectory.open(root, "churn")) {
            ManagedProcess process = run.start(Processes.spec(run, "sleep", "sleep", "1000"));
            RunDirectory.open(root, "inner").close();
            if (!process.alive()) {
              throw new IllegalStateException("somebody swept " + run.path());
            }
          }
        }
        System.out.println("done");
      }
      case "command" -> {
        System.out.println("ready");
        Command command =
            new Command(List.of("sh", "-c", Processes.WITH_ORPHAN), Map.of(), root, Processes.LONG);
        command.run();
      }
      case "provision" -> {
        Toolbox toolbox = TinyTools.toolbox(root, System.getenv(), TinyTools.ETCD, event -> {});
        System.out.println("ready");
        System.in.read();
        toolbox.provision(Set.of(Tool.ETCD)).values().forEach(b -> System.out.println(b.origin()));
      }
      default -> throw new IllegalArgumentException(arguments[1]);
    }
    System.in.readAllBytes();
  }
}
