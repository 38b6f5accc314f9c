package dev.pilothouse.envoy;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks a live Envoy for its config dump: for the whole at once, or section by section. */
final class AdminSource implements AdminConfigSource {
  private final AdminEndpoint endpoint;
  private final Set<ConfigSection> sections;
  private final boolean whole;
  private final String regex;
  private final Map<String, String> labels;
  // Whether Envoy could not print the whole when last asked. It still takes its time to try.
  private final AtomicBoolean unprintable = new AtomicBoolean();

  private AdminSource(
      AdminEndpoint endpoint,
      Set<ConfigSection> sections,
      boolean whole,
      String regex,
      Map<String, String> labels) {
    this.endpoint = endpoint;
    this.sections = sections;
    this.whole = whole;
    this.regex = regex;
    this.labels = labels;
  }

  static AdminSource whole(AdminEndpoint endpoint) {
    return new AdminSource(endpoint, EnumSet.allOf(ConfigSection.class), true, "", Map.of());
  }

  @Override
  public AdminConfigSource only(ConfigSection... wanted) {
    if (wanted.length == 0) {
      throw new IllegalArgumentException("name at least one section");
    }
    return new AdminSource(endpoint, EnumSet.copyOf(Arrays.asList(wanted)), false, regex, labels);
  }

  @Override
  public AdminConfigSource named(String newRegex) {
    return new AdminSource(endpoint, sections, whole, newRegex, labels);
  }

  @Override
  public AdminConfigSource withLabels(Map<String, String> others) {
    return new AdminSource(endpoint, sections, whole, regex, Map.copyOf(others));
  }

  @Override
  public Map<String, String> labels() {
    return labels;
  }

  @Override
  public String describe() {
    StringBuilder text = new StringBuilder(endpoint.toString());
    if (!whole) {
      text.append(' ').append(new TreeSet<>(sections.stream().map(s -> s.fieldName()).toList()));
    }
    if (!regex.isEmpty()) {
      text.append(" named ").append(regex);
    }
    return text.toString();
  }

  @Override
  public ConfigDump fetch(ReadLimits limits) {
    long deadline = System.nanoTime() + limits.timeout().toNanos();
    if (whole && !unprintable.get()) {
      AdminReply reply =
          endpoint.get("/config_dump?include_eds" + nameFilter(), left(limits, deadline)).ok();
      if (reply.document().looksLikeJson()) {
        List<Document> documents = new ArrayList<>();
        documents.add(Document.of(describe(), reply.bytes(), null));
        List<Omission> omissions = new ArrayList<>();
        fetchStatuses(limits, deadline, documents, omissions);
        return new ConfigDump(documents, omissions);
      }
    }
    List<Document> documents = new ArrayList<>();
    List<Omission> omissions = new ArrayList<>();
    for (ConfigSection section : sections) {
      fetch(section, limits, deadline, documents, omissions);
    }
    unprintable.set(!omissions.isEmpty());
    if (whole) {
      fetchStatuses(limits, deadline, documents, omissions);
    }
    return new ConfigDump(documents, omissions);
  }

  /** The state of the endpoints, which no dump has. It cannot be asked for by name. */
  private void fetchStatuses(
      ReadLimits limits, long deadline, List<Document> documents, List<Omission> omissions) {
    if (!regex.isEmpty()) {
      return;
    }
    AdminReply reply = endpoint.get("/clusters?format=json", left(limits, deadline));
    if (reply.status() == 200 && reply.document().looksLikeJson()) {
      documents.add(Document.of(endpoint + "/clusters", reply.bytes(), null));
    } else {
      omissions.add(
          new Omission("state of endpoints", "HTTP " + reply.status() + ": " + excerpt(reply)));
    }
  }

  private void fetch(
      ConfigSection section,
      ReadLimits limits,
      long deadline,
      List<Document> documents,
      List<Omission> omissions) {
    AdminReply reply = endpoint.get(query(section, ""), left(limits, deadline));
    if (isEmpty(reply)) {
      return;
    }
    if (!reply.ok().document().looksLikeJson() && section.mayHoldRejected()) {
      omissions.add(new Omission("failed_configuration in " + section.fieldName(), excerpt(reply)));
      reply = endpoint.get(query(section, section.maskWithoutRejected()), left(limits, deadline));
      if (isEmpty(reply)) {
        return;
      }
    }
    if (reply.ok().document().looksLikeJson()) {
      documents.add(Document.of(endpoint + " " + section.fieldName(), reply.bytes(), section));
    } else {
      omissions.add(new Omission(section.fieldName(), excerpt(reply)));
    }
  }

  private String query(ConfigSection section, String mask) {
    if (section == ConfigSection.BOOTSTRAP) {
      // Not a repeated field, so it cannot be asked for as a resource.
      return "/config_dump?mask=bootstrap" + nameFilter();
    }
    return "/config_dump?resource="
        + section.fieldName()
        + (section.needsIncludeEds() ? "&include_eds" : "")
        + (mask.isEmpty() ? "" : "&mask=" + mask)
        + nameFilter();
  }

  private String nameFilter() {
    return regex.isEmpty()
        ? ""
        : "&name_regex=" + URLEncoder.encode(regex, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Envoy says 404 of a section that has no entries. */
  private static boolean isEmpty(AdminReply reply) {
    return reply.status() == 404 && reply.text().endsWith("not found in config dump");
  }

  private static String excerpt(AdminReply reply) {
    return reply.document().excerpt();
  }

  private static ReadLimits left(ReadLimits limits, long deadline) {
    return limits.withTimeout(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
  }
}
