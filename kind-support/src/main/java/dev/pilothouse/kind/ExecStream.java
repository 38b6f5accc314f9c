package dev.pilothouse.kind;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.pilothouse.internal.HttpHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command in a running container, with a stream into it.
 *
 * <p>docker-java can do the same, but sends 1024 bytes a packet; here it is as many as are written
 * at once, over the same socket. An interrupt of the thread closes the connection: the command sees
 * the end of its input then.
 */
final class ExecStream implements AutoCloseable {
  private static final int FRAME_HEADER = 8;
  private static final int STDERR = 2;
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int OK = 200;
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(ExecStream.class);

  private final DockerClient docker;
  private final String id;
  private final SocketChannel channel;
  private final Outputs outputs = new Outputs();

  /** What came back. */
  record Result(long exitCode, String stdout, String stderr) {
    /** What the command said, for a message. */
    String text() {
      String said = (stderr + stdout).strip();
      return "exit code " + exitCode + (said.isEmpty() ? "" : ": " + said);
    }
  }

  private ExecStream(DockerClient docker, String id, SocketChannel channel) {
    this.docker = docker;
    this.id = id;
    this.channel = channel;
  }

  /**
   * Starts a command.
   *
   * @throws RuntimeException docker-java's own, if Docker refuses or does not answer
   * @throws IOException if the connection breaks
   */
  static ExecStream start(
      DockerClient docker, URI host, String container, boolean stdin, List<String> command)
      throws IOException {
    String id =
        docker
            .execCreateCmd(container)
            .withCmd(command.toArray(String[]::new))
            .withAttachStdin(stdin)
            .withAttachStdout(true)
            .withAttachStderr(true)
            .exec()
            .getId();
    SocketChannel channel = connect(host);
    try {
      String body = "{\"Detach\":false,\"Tty\":false}";
      String request =
          "POST /exec/"
              + id
              + "/start HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
              + "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      ExecStream stream = new ExecStream(docker, id, channel);
      InputStream in = Channels.newInputStream(channel);
      checkAnswer(in);
      startThread(() -> stream.read(in), "pilothouse-exec-output");
      startThread(stream::watch, "pilothouse-exec-watch");
      return stream;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void startThread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Reads to the end, and ends a write then: Docker would hold it for minutes. */
  private void read(InputStream in) {
    outputs.readFrom(in);
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      LOG.debug("The connection into the container has ended", e);
    }
  }

  /**
   * Closes the connection when the command has ended and Docker does not say so: when a container
   * is killed, Docker holds the connections into it for minutes.
   */
  private void watch() {
    int silent = 0;
    try {
      while (!outputs.ended(LOOK_EVERY)) {
        silent = runs() ? 0 : silent + 1;
        if (silent == 2) { // Not the first time: the last output may be on its way.
          outputs.end(new IOException("the command ended, and Docker held the connection"));
          channel.close();
        }
      }
    } catch (InterruptedException | IOException e) {
      LOG.debug("Nobody watches the command in the container any more", e);
    }
  }

  private boolean runs() {
    try {
      return Boolean.TRUE.equals(docker.inspectExecCmd(id).exec().isRunning());
    } catch (NotFoundException e) {
      return false;
    } catch (RuntimeException e) {
      LOG.debug("Docker does not tell whether the command runs", e);
      return true;
    }
  }

  /** Runs a command to its end, with empty input. */
  static Result run(DockerClient docker, URI host, String container, List<String> command)
      throws IOException, InterruptedException {
    try (ExecStream stream = start(docker, host, container, false, command)) {
      return stream.finish();
    }
  }

  private static SocketChannel connect(URI host) throws IOException {
    return switch (String.valueOf(host.getScheme())) {
      case "unix" -> SocketChannel.open(UnixDomainSocketAddress.of(host.getPath()));
      case "tcp" -> SocketChannel.open(new InetSocketAddress(host.getHost(), host.getPort()));
      default -> throw new IOException("no stream into a container over " + host);
    };
  }

  private static void checkAnswer(InputStream in) throws IOException {
    HttpHead head = HttpHead.read(in, "Docker");
    if (head.status() != SWITCHING_PROTOCOLS && head.status() != OK) {
      String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      throw new IOException("Docker refused: " + (head.text() + body).strip());
    }
  }

  /** The command's standard input. Closing it does nothing: a command knows what it waits for. */
  OutputStream input() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    };
  }

  /**
   * Waits for the first line that the command prints.
   *
   * @return the line, or what there is of one when the command ends
   */
  String firstLine() throws IOException, InterruptedException {
    return outputs.firstLine();
  }

  /** Ends the input, and waits for the command's end. */
  Result finish() throws IOException, InterruptedException {
    channel.shutdownOutput();
    Result result = failed();
    if (result.exitCode() == 0) {
      outputs.check();
    }
    return result;
  }

  /**
   * What the command has said, after its input could not be written. When it failed, that is the
   * reason, however the connection ended then.
   *
   * @throws IOException if the connection ended and the command did not
   */
  Result failed() throws IOException, InterruptedException {
    outputs.awaitEnd();
    Long exitCode = docker.inspectExecCmd(id).exec().getExitCodeLong();
    if (exitCode == null) {
      outputs.check();
      throw new IOException("the connection ended before the command did" + outputs.tail());
    }
    return new Result(exitCode, outputs.stdout(), outputs.stderr());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The two outputs, which come in frames over one connection. */
  private static final class Outputs {
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private boolean ended;
    private @Nullable IOException failure;

    void readFrom(InputStream in) {
      IOException broken = null;
      try {
        while (true) {
          byte[] header = in.readNBytes(FRAME_HEADER);
          if (header.length < FRAME_HEADER) {
            break;
          }
          byte[] content = in.readNBytes(ByteBuffer.wrap(header).getInt(4));
          synchronized (this) {
            (header[0] == STDERR ? stderr : stdout).writeBytes(content);
            notifyAll();
          }
        }
      } catch (IOException e) {
        broken = e;
      }
      end(broken);
    }

    synchronized void end(@Nullable IOException broken) {
      if (!ended) {
        ended = true;
        failure = broken;
        notifyAll();
      }
    }

    /** Waits for the end, but not for longer than this. */
    synchronized boolean ended(Duration limit) throws InterruptedException {
      long start = System.nanoTime();
      long left = limit.toMillis();
      while (!ended && left > 0) {
        wait(left);
        left = limit.minusNanos(System.nanoTime() - start).toMillis();
      }
      return ended;
    }

    synchronized String firstLine() throws IOException, InterruptedException {
      while (!ended && stdout().indexOf('\n') < 0) {
        wait();
      }
      check();
      return stdout().lines().findFirst().orElse("");
    }

    synchronized void awaitEnd() throws InterruptedException {
      while (!ended) {
        wait();
      }
    }

    synchronized void check() throws IOException {
      if (failure != null) {
        throw new IOException("the connection to Docker broke: " + failure.getMessage(), failure);
      }
    }

    synchronized String tail() {
      String said = (stderr() + stdout()).strip();
      return said.isEmpty() ? "" : "; it had said: " + said;
    }

    synchronized String stdout() {
      return stdout.toString(StandardCharsets.UTF_8);
    }

    synchronized String stderr() {
      return stderr.toString(StandardCharsets.UTF_8);
    }
  }
}
