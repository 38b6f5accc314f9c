package dev.pilothouse.kind;

import com.github.dockerjava.api.exception.DockerException;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.image.ImageException;
import dev.pilothouse.image.ImageException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns what docker-java and its connection throw into exceptions that teach. */
final class DockerFailures {
  /** Something that talks to Docker. */
  interface Task<T> {
    T run() throws IOException, InterruptedException;
  }

  private final String tried;
  private final DockerHost host;

  DockerFailures(String tried, DockerHost host) {
    this.tried = tried;
    this.host = host;
  }

  <T> T guard(Task<T> task) {
    try {
      return task.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    } catch (IOException e) {
      throw translate(e);
    } catch (PilothouseException e) {
      throw e;
    } catch (RuntimeException e) {
      if (e instanceof DockerException refused) {
        throw refused(refused);
      }
      IOException cause = ioCause(e);
      if (cause == null) {
        throw e;
      }
      throw translate(cause);
    }
  }

  private static @Nullable IOException ioCause(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof IOException io) {
        return io;
      }
    }
    return null;
  }

  private ImageException interrupted(Exception e) {
    return new ImageException(
        Reason.INTERRUPTED, tried, "this thread was interrupted", "", null, e);
  }

  private ImageException translate(IOException e) {
    boolean closed = e instanceof ClosedByInterruptException || e instanceof InterruptedIOException;
    if (closed && Thread.currentThread().isInterrupted()) {
      return interrupted(e);
    }
    if (isNoSpace(String.valueOf(e.getMessage()))) {
      return noSpace(e.getMessage(), e);
    }
    boolean never =
        e instanceof ConnectException
            || e instanceof NoSuchFileException
            || (e instanceof SocketException && has(e, "no such file"));
    return new ImageException(
        Reason.DOCKER_UNREACHABLE,
        tried,
        (never ? "Docker does not answer at " : "the connection broke to Docker at ")
            + host.uri()
            + ": "
            + (e.getMessage() == null ? e.toString() : e.getMessage()),
        never
            ? "start Docker, or point DOCKER_HOST at it; \"docker version\" has to name a server"
            : "look whether Docker still runs (docker version), and try again",
        null,
        e);
  }

  private ImageException refused(DockerException e) {
    String text = String.valueOf(e.getMessage());
    if (isNoSpace(text)) {
      return noSpace(text, e);
    }
    boolean gone = e.getHttpStatus() == 404 && has(e, "container");
    if (gone || has(e, "is not running")) {
      return new ImageException(
          Reason.NODE_UNREACHABLE,
          tried,
          text,
          "the node's container is gone or stopped (docker ps -a)",
          null,
          e);
    }
    if (e.getHttpStatus() == 404) {
      return new ImageException(
          Reason.NO_SUCH_IMAGE, tried, text, "pull it, or build it first", null, e);
    }
    return new ImageException(Reason.BUILD_FAILED, tried, text, "", null, e);
  }

  private ImageException noSpace(@Nullable String text, Exception e) {
    return new ImageException(
        Reason.NO_SPACE,
        tried,
        String.valueOf(text),
        "make space: \"docker system df\" shows what Docker holds",
        null,
        e);
  }

  static boolean isNoSpace(String text) {
    return text.toLowerCase(Locale.ROOT).contains("no space left on device");
  }

  private static boolean has(Exception e, String words) {
    return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains(words);
  }
}
