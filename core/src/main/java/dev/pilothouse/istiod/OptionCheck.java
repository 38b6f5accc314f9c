package dev.pilothouse.istiod;

import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.toolbox.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses settings that an istiod would ignore. It is run to ask which ones it knows. */
final class OptionCheck {
  private static final Logger LOG = LoggerFactory.getLogger(OptionCheck.class);
  private static final Duration TO_PRINT_HELP = Duration.ofSeconds(30);

  private final Map<IstiodBinary, KnownOptions> known = new ConcurrentHashMap<>();
  private final Map<IstiodBinary, MeshConfigFields> fields = new ConcurrentHashMap<>();

  void require(IstiodBinary binary, IstiodSpec spec, Path scratch) {
    List<String> complaints = new ArrayList<>();
    if (KnownOptions.concern(spec)) {
      complaints.addAll(known.computeIfAbsent(binary, b -> ask(b, scratch)).complaints(spec));
    }
    if (!spec.meshConfig().isBlank()) {
      MeshConfigFields there = fields.computeIfAbsent(binary, b -> MeshConfigFields.of(b.path()));
      for (String field : MeshConfig.of(spec.profile(), spec.meshConfig()).unknown(there)) {
        complaints.add("it knows no field " + field + " of the mesh config");
      }
    }
    if (!complaints.isEmpty()) {
      throw new PilothouseException(
          "checking the settings of istiod " + spec.name() + " against " + binary.path(),
          String.join("; ", complaints),
          "correct the IstiodSpec",
          null,
          null);
    }
  }

  private static KnownOptions ask(IstiodBinary binary, Path scratch) {
    String program = binary.path().toString();
    Command help =
        new Command(List.of(program, "discovery", "--help"), Map.of(), scratch, TO_PRINT_HELP);
    Command manual =
        new Command(
            List.of(program, "collateral", "--html_fragment_with_front_matter", "-o", "."),
            Map.of(),
            scratch,
            TO_PRINT_HELP);
    return KnownOptions.read(help.output(), manual.run().exitCode() == 0 ? page(scratch) : "");
  }

  private static String page(Path folder) {
    Path page = folder.resolve("pilot-discovery.html");
    try {
      String text = Files.readString(page);
      Files.delete(page);
      return text;
    } catch (IOException e) {
      LOG.debug("This istiod writes no manual; its environment is not checked", e);
      return "";
    }
  }
}
