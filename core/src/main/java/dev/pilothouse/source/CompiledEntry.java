package dev.pilothouse.source;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.IstiodBinary.BuildVersion;
import java.io.IOException;
import java.nio.file.Path;

/** A compiled program in the cache, and what it said of itself when it was compiled. */
record CompiledEntry(Path binary, BuildVersion version) {
  private static final String VERSION = "version.json";

  static void write(Path folder, BuildVersion version) throws IOException {
    new ObjectMapper().writeValue(folder.resolve(VERSION).toFile(), version);
  }

  static CompiledEntry read(Program program, Path folder) {
    try {
      return new CompiledEntry(
          folder.resolve(program.binaryName()),
          new ObjectMapper().readValue(folder.resolve(VERSION).toFile(), BuildVersion.class));
    } catch (IOException e) {
      throw new PilothouseException(
          "using the compiled " + program.binaryName() + " in " + folder,
          e.toString(),
          "delete this folder and compile again",
          folder,
          e);
    }
  }
}
