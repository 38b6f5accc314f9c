package dev.pilothouse.source;

import java.util.List;

/** A program that is compiled from Istio's source. */
enum Program {
  PILOT_DISCOVERY(
      "pilot-discovery", "pilot/cmd/pilot-discovery", "version -o json", "vtprotobuf disable_pgv"),
  PILOT_AGENT(
      "pilot-agent",
      "pilot/cmd/pilot-agent",
      "version -o json",
      "agent disable_pgv grpcnotrace retrynotrace"),
  ISTIOCTL(
      "istioctl",
      "istioctl/cmd/istioctl",
      "version --remote=false -o json",
      "vtprotobuf disable_pgv");

  private final String binaryName;
  private final String folder;
  private final String versionArguments;
  private final String tags;

  Program(String binaryName, String folder, String versionArguments, String tags) {
    this.binaryName = binaryName;
    this.folder = folder;
    this.versionArguments = versionArguments;
    this.tags = tags;
  }

  String binaryName() {
    return binaryName;
  }

  String importPath() {
    return SourceTree.MODULE + "/" + folder;
  }

  /** The build tags that Istio builds it with. */
  List<String> tags() {
    return List.of(tags.split(" ", -1));
  }

  /** The arguments with which it says its version, as JSON. */
  List<String> versionArguments() {
    return List.of(versionArguments.split(" ", -1));
  }
}
