package dev.pilothouse.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that carries streams side by side, in SPDY/3.1: of it, what kubelet and its
 * container runtime use. They know no flow control, so a stream whose data nobody takes holds up
 * the others. Safe for use by several threads.
 */
final class SpdyConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SpdyConnection.class);
  private static final int CONTROL = 0x8003_0000;
  private static final int SYN_STREAM = 1;
  private static final int SYN_REPLY = 2;
  private static final int RST_STREAM = 3;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int FIN = 1;
  private static final int FLAGS_SHIFT = 24;
  private static final int LENGTH = 0x00FF_FFFF;
  private static final int TYPE = 0xFFFF;
  private static final int STREAM = 0x7FFF_FFFF;
  private static final int HEAD = 8;

  /** What comes on a stream. Called by one thread, which serves the other streams too. */
  interface Receiver {
    /** The other side has taken the stream. */
    default void accepted() {}

    /** Data has come; more comes when this returns. */
    void data(byte[] bytes) throws IOException;

    /** Nothing more comes: the other side has ended its half, or else it is broken. */
    void ended(@Nullable IOException failure);
  }

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  /** One for the whole connection, as the protocol wants it. Guarded by {@code out}. */
  private final Deflater headers = new Deflater();

  private final Map<Integer, Receiver> receivers = new ConcurrentHashMap<>();

  /** Guarded by {@code out}. */
  private int nextStream = 1;

  private volatile boolean ended;

  private SpdyConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** Begins on a socket, which ends with this. */
  static SpdyConnection start(String thread, Socket socket) throws IOException {
    SpdyConnection connection = new SpdyConnection(socket);
    Thread reader = new Thread(connection::read, thread);
    reader.setDaemon(true);
    reader.start();
    return connection;
  }

  /**
   * Begins a stream.
   *
   * @param fields its headers; names in lower case
   * @return its number
   */
  int open(Map<String, String> fields, Receiver receiver) throws IOException {
    synchronized (out) {
      int stream = nextStream;
      nextStream += 2; // The even ones are the other side's.
      receivers.put(stream, receiver);
      if (ended) {
        throw new IOException("the connection has ended");
      }
      byte[] block = compressed(fields);
      byte[] content =
          ByteBuffer.allocate(10 + block.length)
              .putInt(stream)
              .putInt(0)
              .putShort((short) 0)
              .put(block)
              .array();
      out.write(control(SYN_STREAM, content));
      return stream;
    }
  }

  /** Sends data on a stream, and returns when the connection has taken it. */
  void send(int stream, byte[] bytes, int length) throws IOException {
    data(stream, 0, bytes, length);
  }

  /** Ends our half of a stream. */
  void end(int stream) throws IOException {
    data(stream, FIN, new byte[0], 0);
  }

  /** Whether nothing can come any more. */
  boolean ended() {
    return ended;
  }

  private void data(int stream, int flags, byte[] bytes, int length) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(HEAD + length);
    frame.putInt(stream).putInt(flags << FLAGS_SHIFT | length).put(bytes, 0, length);
    synchronized (out) {
      out.write(frame.array());
    }
  }

  private static byte[] control(int type, byte[] content) {
    return ByteBuffer.allocate(HEAD + content.length)
        .putInt(CONTROL | type)
        .putInt(content.length)
        .put(content)
        .array();
  }

  /** Without the protocol's dictionary, which nobody has to use. */
  private byte[] compressed(Map<String, String> fields) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    DataOutputStream plain = new DataOutputStream(block);
    plain.writeInt(fields.size());
    for (Map.Entry<String, String> field : new TreeMap<>(fields).entrySet()) {
      for (String text : List.of(field.getKey(), field.getValue())) {
        byte[] bytes = text.getBytes(UTF_8);
        plain.writeInt(bytes.length);
        plain.write(bytes);
      }
    }
    headers.setInput(block.toByteArray());
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    byte[] part = new byte[1024];
    int length = part.length;
    while (length == part.length) {
      length = headers.deflate(part, 0, part.length, Deflater.SYNC_FLUSH);
      compressed.write(part, 0, length);
    }
    return compressed.toByteArray();
  }

  private void read() {
    IOException failure = null;
    try {
      while (true) {
        int first = in.readInt();
        int second = in.readInt();
        byte[] content = new byte[second & LENGTH];
        in.readFully(content);
        int flags = second >>> FLAGS_SHIFT;
        if (first < 0) {
          take(first & TYPE, flags, ByteBuffer.wrap(content));
        } else {
          take(first, flags, content);
        }
      }
    } catch (IOException e) {
      failure = e;
    } finally {
      ended = true;
      close();
      synchronized (out) {
        headers.end();
      }
      List<Receiver> left = new ArrayList<>(receivers.values());
      receivers.clear();
      IOException broken = new IOException("the connection to the API server ended", failure);
      left.forEach(receiver -> receiver.ended(broken));
    }
  }

  private void take(int stream, int flags, byte[] content) {
    Receiver receiver = receivers.get(stream);
    if (receiver == null) {
      return; // Nobody wants it any more.
    }
    try {
      if (content.length > 0) {
        receiver.data(content);
      }
      if ((flags & FIN) != 0) {
        finish(stream, null);
      }
    } catch (IOException e) {
      finish(stream, e);
    }
  }

  private void take(int type, int flags, ByteBuffer content) throws IOException {
    switch (type) {
      case SYN_REPLY -> {
        int stream = content.getInt() & STREAM;
        Receiver receiver = receivers.get(stream);
        if (receiver != null) {
          receiver.accepted();
        }
        if ((flags & FIN) != 0) {
          finish(stream, null);
        }
      }
      case RST_STREAM -> {
        int stream = content.getInt() & STREAM;
        finish(stream, new IOException("the other side has reset the stream"));
      }
      case PING -> {
        int id = content.getInt();
        if (id % 2 == 0) { // The odd ones would be our own.
          synchronized (out) {
            out.write(control(PING, ByteBuffer.allocate(Integer.BYTES).putInt(id).array()));
          }
        }
      }
      case GOAWAY -> throw new IOException("the other side ends the connection");
      default -> LOG.trace("A frame of type {} is of no use here", type);
    }
  }

  private void finish(int stream, @Nullable IOException failure) {
    Receiver receiver = receivers.remove(stream);
    if (receiver != null) {
      receiver.ended(failure);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("A connection to the API server cannot be closed", e);
    }
  }
}
