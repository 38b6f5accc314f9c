package dev.pilothouse.loop;

import dev.pilothouse.envoy.EnvoyConfig;
import dev.pilothouse.envoy.EnvoyConfigInspector;
import dev.pilothouse.envoy.diff.EnvoyDiff;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.istiod.Replacement;
import dev.pilothouse.loop.CycleReport.Outcome;
import dev.pilothouse.source.CompileEvent;
import dev.pilothouse.source.IstiodBinary;
import dev.pilothouse.source.IstiodCompiler;
import dev.pilothouse.source.SourceEdit;
import dev.pilothouse.workload.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One time round the loop. Used once. */
final class Cycle {
  static final String DETECT = "detect";
  static final String COMPILE = "compile";
  static final String DEPLOY = "deploy";
  static final String ACKNOWLEDGE = "acknowledge";
  static final String VERIFY = "verify";
  static final String COMPARE = "compare";
  static final String ROLL_BACK = "roll back";

  private static final Logger LOG = LoggerFactory.getLogger(Cycle.class);

  private final DevLoopSpec spec;
  private final List<SourceEdit> edits;
  private final IstiodBinary good;
  private final Overtaking overtaking;
  private final EnvoyConfigInspector inspector = EnvoyConfigInspector.create();
  private final long start = System.nanoTime();
  private final List<Step> steps = new ArrayList<>();
  private @Nullable IstiodBinary binary;

  /** Good is the istiod that was verified last. */
  Cycle(DevLoopSpec spec, List<SourceEdit> edits, IstiodBinary good, Overtaking overtaking) {
    this.spec = spec;
    this.edits = List.copyOf(edits);
    this.good = good;
    this.overtaking = overtaking;
  }

  /** Never throws for a step that fails. The way back says what it did, or null for nothing. */
  CycleReport run(Supplier<@Nullable String> wayBack) {
    try {
      IstiodBinary compiled = compile();
      boolean runs = compiled.equals(spec.istiod().binary());
      if (runs && compiled.equals(good)) {
        return unchanged();
      }
      Map<String, EnvoyConfig> before = beforehand(this::configs);
      Acknowledgement acknowledgement =
          beforehand(() -> Acknowledgement.ofThoseConnectedTo(spec.istiod()));
      if (runs) {
        end(Step.skipped(DEPLOY, "istiod runs this build already, and it was not verified yet"));
      } else {
        deploy(compiled);
      }
      timed(ACKNOWLEDGE, () -> acknowledgement.await(spec.proxyDeadline()));
      verify();
      return report(Outcome.VERIFIED, compare(before), null);
    } catch (RuntimeException e) {
      if (overtaking.overtaken()) {
        return report(Outcome.OVERTAKEN, Map.of(), null);
      }
      rollBack(wayBack, e);
      return report(Outcome.FAILED, Map.of(), e);
    }
  }

  /** Detects what changed by the compiler's fingerprint of all that goes in. */
  private IstiodBinary compile() {
    CompileProgress progress = new CompileProgress();
    IstiodCompiler compiler = IstiodCompiler.create(spec.toolbox(), progress::tell);
    long begun = System.nanoTime();
    try {
      IstiodBinary compiled = compiler.compile(spec.source(), edits, spec.options());
      binary = compiled;
      if (progress.made) {
        end(Step.done(COMPILE, since(begun).minus(progress.detected), progress.packages()));
      } else {
        end(Step.skipped(COMPILE, "the same was compiled before"));
      }
      return compiled;
    } catch (RuntimeException e) {
      failed(progress.detected.isZero() ? DETECT : COMPILE, since(begun), e);
      throw e;
    }
  }

  private CycleReport unchanged() {
    end(Step.skipped(DEPLOY, "istiod runs this build already: nothing was to do"));
    end(Step.skipped(ACKNOWLEDGE, "nothing was deployed"));
    end(Step.skipped(VERIFY, "nothing was deployed"));
    return report(Outcome.UNCHANGED, Map.of(), null);
  }

  /** What has to be known of the istiod that runs before it is replaced. */
  private <T> T beforehand(Supplier<T> question) {
    long begun = System.nanoTime();
    try {
      return question.get();
    } catch (RuntimeException e) {
      failed(DEPLOY, since(begun), e);
      throw e;
    }
  }

  private void deploy(IstiodBinary compiled) {
    overtaking.deploying();
    long begun = System.nanoTime();
    try {
      Replacement replacement = spec.istiod().replaceWith(compiled, spec.deployDeadline());
      replacement.steps().forEach(step -> end(Step.done(step.name(), step.took(), step.detail())));
    } catch (RuntimeException e) {
      failed(DEPLOY, since(begun), e);
      throw e;
    } finally {
      overtaking.deployed();
    }
    overtaking.check();
  }

  private void verify() {
    if (spec.verifications().isEmpty()) {
      end(Step.skipped(VERIFY, "nothing is to be verified"));
      return;
    }
    timed(
        VERIFY,
        () -> {
          spec.verifications().forEach(this::verify);
          return spec.verifications().size() == 1
              ? spec.verifications().get(0).name()
              : spec.verifications().size() + " verifications hold";
        });
  }

  private void verify(Verification verification) {
    String tried = "verifying: " + verification.name();
    Poll.Outcome<Boolean> outcome =
        Poll.until(
            tried,
            spec.proxyDeadline(),
            () -> {
              try {
                verification.assertion().check();
                return Optional.of(true);
              } catch (AssertionError | RuntimeException e) {
                throw new DoesNotHold(e);
              }
            });
    if (outcome.value() == null) {
      Throwable last = Objects.requireNonNull(outcome.lastFailure());
      Throwable thrown = last instanceof DoesNotHold ? last.getCause() : last;
      String words = "it did not hold within " + spec.proxyDeadline().toMillis() + " ms: " + thrown;
      throw new PilothouseException(tried, words, "", null, thrown);
    }
  }

  private Map<String, EnvoyConfig> configs() {
    Map<String, EnvoyConfig> configs = new LinkedHashMap<>();
    for (Proxy proxy : spec.proxies()) {
      configs.put(proxy.id(), inspector.read(proxy.config()));
    }
    return configs;
  }

  private Map<String, EnvoyDiff> compare(Map<String, EnvoyConfig> before) {
    if (before.isEmpty()) {
      end(Step.skipped(COMPARE, "no proxy is to be compared"));
      return Map.of();
    }
    Map<String, EnvoyDiff> changes = new LinkedHashMap<>();
    timed(
        COMPARE,
        () -> {
          configs()
              .forEach(
                  (id, now) ->
                      changes.put(
                          id, EnvoyDiff.between(Objects.requireNonNull(before.get(id)), now)));
          int all = changes.values().stream().mapToInt(diff -> diff.differences().size()).sum();
          return "differences: %d, in %d proxies".formatted(all, changes.size());
        });
    return changes;
  }

  private void rollBack(Supplier<@Nullable String> wayBack, RuntimeException failure) {
    long begun = System.nanoTime();
    try {
      String now = wayBack.get();
      if (now != null) {
        end(Step.done(ROLL_BACK, since(begun), now));
      }
    } catch (RuntimeException e) {
      failed(ROLL_BACK, since(begun), e);
      failure.addSuppressed(e);
    }
  }

  private void timed(String name, Supplier<String> action) {
    long begun = System.nanoTime();
    try {
      String note = action.get();
      end(Step.done(name, since(begun), note));
    } catch (RuntimeException e) {
      if (!overtaking.overtaken()) {
        failed(name, since(begun), e);
      }
      throw e;
    }
  }

  private void failed(String name, Duration took, RuntimeException e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    end(new Step(name, Step.Status.FAILED, took, message));
  }

  private void end(Step step) {
    steps.add(step);
    try {
      spec.listener().accept(step);
    } catch (RuntimeException e) {
      LOG.warn("A listener of steps failed; the cycle goes on", e);
    }
  }

  private CycleReport report(
      Outcome outcome, Map<String, EnvoyDiff> changes, @Nullable RuntimeException failure) {
    return new CycleReport(outcome, binary, steps, changes, since(start), failure);
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }

  /** What the compiler told. */
  private final class CompileProgress {
    private Duration detected = Duration.ZERO;
    private boolean made;
    private int packages;
    private @Nullable String last;

    void tell(CompileEvent event) {
      if (event instanceof CompileEvent.Fingerprinted fingerprinted) {
        if (detected.isZero()) { // A tree that changes meanwhile is looked at again.
          detected = fingerprinted.took();
          end(Step.done(DETECT, detected, "fingerprint " + fingerprinted.fingerprint()));
        }
      } else if (event instanceof CompileEvent.Finished) {
        made = true;
      } else if (event instanceof CompileEvent.Progress progress) {
        packages++;
        last = progress.line();
      }
    }

    String packages() {
      return packages == 0 ? "linked" : packages == 1 ? last + "" : packages + " packages";
    }
  }

  /** Carries what an assertion threw, which is told when the deadline has passed. */
  private static final class DoesNotHold extends Exception {
    private static final long serialVersionUID = 1L;

    DoesNotHold(Throwable cause) {
      super(cause);
    }
  }
}
