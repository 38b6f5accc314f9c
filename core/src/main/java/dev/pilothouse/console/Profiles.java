package dev.pilothouse.console;

import dev.pilothouse.failure.PilothouseException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Fetches pprof profiles, of all replicas at once. */
final class Profiles {
  private final List<Replica> replicas;
  private final Path directory;

  Profiles(List<Replica> replicas, Path directory) {
    this.replicas = replicas;
    this.directory = directory;
  }

  List<Path> fetch(String kind, String path, Duration length) {
    List<Path> files = new ArrayList<>();
    List<CompletableFuture<HttpResponse<Path>>> answers = new ArrayList<>();
    try {
      for (Replica replica : replicas) {
        Path file = create(replica.name() + "-" + kind + ".pprof");
        files.add(file);
        answers.add(replica.download(path, file, length));
      }
      for (int i = 0; i < replicas.size(); i++) {
        check(replicas.get(i), path, files.get(i), answers.get(i).get());
      }
      return List.copyOf(files);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(kind, "this thread was interrupted", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw failure(kind, cause.toString(), cause);
    } catch (IOException e) {
      throw failure(kind, e.toString(), e);
    } finally {
      answers.forEach(answer -> answer.cancel(true));
    }
  }

  private static void check(Replica replica, String path, Path file, HttpResponse<Path> answer)
      throws IOException {
    if (answer.statusCode() != 200) {
      String words = Files.readString(file).strip();
      Files.delete(file); // an error is no profile
      throw replica.failure(path, "HTTP " + answer.statusCode() + ": " + words, null);
    }
  }

  private Path create(String name) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(name);
    Files.deleteIfExists(file);
    return Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private PilothouseException failure(String kind, String words, Throwable cause) {
    return new PilothouseException(
        "fetching " + kind + " profiles into " + directory, words, "", null, cause);
  }
}
