package dev.pilothouse.source;

import dev.pilothouse.toolbox.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Small trees that look like Istio's and compile in a moment. */
final class FakeIstio {
  static final String ROUTE = "pilot/pkg/networking/core/route/route.go";

  /** The text of {@link #ROUTE}. */
  static final String ROUTE_TEXT =
      """
      package route

      // Header is what every route gets.
      func Header() string {
      	return "none"
      }

      // Timeout is another function with a return.
      func Timeout() string {
      	return "15s"
      }
      """;

  /** What changes the answer of {@code pilot-discovery header}. */
  static final SourceEdit EDIT = SourceEdit.replace(ROUTE, "\"none\"", "\"edited\"");

  /** {@link #ROUTE_TEXT} after {@link #EDIT}. */
  static final String EDIT_TEXT = ROUTE_TEXT.replace("\"none\"", "\"edited\"");

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private FakeIstio() {}

  /** A tree without Git. */
  static Path make(Path root) {
    write(root, "go.mod", "module istio.io/istio\n\ngo 1.21\n");
    write(root, "VERSION", "1.31\n");
    write(root, ROUTE, ROUTE_TEXT);
    write(
        root,
        "pkg/version/version.go",
        """
        package version

        var (
        	buildVersion     = "unknown"
        	buildGitRevision = "unknown"
        	buildStatus      = "unknown"
        	buildTag         = "unknown"
        )

        func JSON() string {
        	return `{"clientVersion": {"version": "` + buildVersion + `", "revision": "` +
        		buildGitRevision + `", "golang_version": "go", "status": "` + buildStatus +
        		`", "tag": "` + buildTag + `"}}`
        }
        """);
    write(
        root,
        "pilot/cmd/pilot-discovery/main.go",
        """
        package main

        import (
        	"os"

        	"istio.io/istio/pilot/pkg/networking/core/route"
        	"istio.io/istio/pkg/version"
        )

        func main() {
        	switch os.Args[1] {
        	case "version":
        		os.Stdout.WriteString(version.JSON())
        	case "discovery":
        		os.Stdout.WriteString("Usage:\\n  pilot-discovery discovery [flags]\\n")
        	case "header":
        		os.Stdout.WriteString(route.Header())
        	}
        }
        """);
    write(
        root,
        "pilot/cmd/pilot-agent/main.go",
        """
        //go:build agent

        package main

        import (
        	"os"

        	"istio.io/istio/pkg/version"
        )

        func main() {
        	os.Stdout.WriteString(version.JSON())
        }
        """);
    write(
        root,
        "istioctl/cmd/istioctl/main.go",
        """
        package main

        import (
        	"os"

        	"istio.io/istio/pkg/version"
        )

        func main() {
        	os.Stdout.WriteString(version.JSON())
        }
        """);
    return root;
  }

  /** A tree with one commit. */
  static Path makeCheckout(Path root) {
    make(root);
    git(root, "init", "-q", "-b", "main");
    commit(root, "first");
    return root;
  }

  /** A module that vendors a fake Istio, which lies beside it. */
  static Path makeVendored(Path parent) {
    make(parent.resolve("origin"));
    Path module = parent.resolve("tools");
    write(
        module,
        "go.mod",
        """
        module example.com/tools

        go 1.21

        require istio.io/istio v1.0.0

        replace istio.io/istio => ../origin
        """);
    write(
        module,
        "tools.go",
        """
        //go:build tools

        package tools

        import (
        	_ "istio.io/istio/istioctl/cmd/istioctl"
        	_ "istio.io/istio/pilot/cmd/pilot-discovery"
        )
        """);
    run(module, Map.of("GOFLAGS", "-mod=mod", "GOPROXY", "off"), "go", "mod", "vendor");
    return module;
  }

  static void commit(Path root, String message) {
    git(root, "add", "-A");
    git(root, "commit", "-q", "--allow-empty", "-m", message);
  }

  static String git(Path root, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of("-c", "user.name=t", "-c", "user.email=t@example.com"));
    command.addAll(List.of(arguments));
    return run(root, Map.of(), command.toArray(String[]::new));
  }

  static String run(Path directory, Map<String, String> environment, String... command) {
    return new Command(List.of(command), environment, directory, Duration.ofMinutes(1)).output();
  }

  /** What the route's header is in a compiled pilot-discovery. */
  static String header(IstiodBinary binary) {
    return run(binary.path().resolveSibling(""), Map.of(), binary.path().toString(), "header");
  }

  static Path write(Path root, String file, String text) {
    try {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      return Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path root, String file) {
    try {
      return Files.readString(root.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A header that no test has used before, so that Go has to compile. */
  static SourceEdit newHeader() {
    String header = "\"h" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet() + "\"";
    return SourceEdit.replace(ROUTE, "\"none\"", header);
  }
}
