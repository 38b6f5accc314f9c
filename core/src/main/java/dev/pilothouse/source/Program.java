package dev.pilothouse.source;

import java.util.List;

/** A program that is compiled from Istio's source. */
enum Program {
  PILOT_DISCOVERY("pilot-discovery", "pilot/cmd/pilot-discovery", "version -o json"),
  ISTIOCTL("istioctl", "istioctl/cmd/istioctl", "version --remote=false -o json");

  private final String binaryName;
  private final String folder;
  private final String versionArguments;

  Program(String binaryName, String folder, String versionArguments) {
    this.binaryName = binaryName;
    this.folder = folder;
    this.versionArguments = versionArguments;
  }

  String binaryName() {
    return binaryName;
  }

  String importPath() {
    return SourceTree.MODULE + "/" + folder;
  }

  /** The arguments with which it says its version, as JSON. */
  List<String> versionArguments() {
    return List.of(versionArguments.split(" ", -1));
  }
}
