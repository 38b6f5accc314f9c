package dev.pilothouse.envoy.trace.oracle;

import dev.pilothouse.envoy.trace.HttpRequest;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Just enough of HTTP/2 for one request after another: no padding, no flow control, no pushes. */
final class Http2 {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GO_AWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private int stream = -1;

  Http2(InputStream in, OutputStream out) {
    this.in = new DataInputStream(in);
    this.out = out;
  }

  Reply ask(HttpRequest request) throws IOException {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    if (stream < 0) {
      first.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      first.write(frame(SETTINGS, 0, 0, new byte[0]));
    }
    stream += 2;
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    header(block, ":method", request.method());
    header(block, ":scheme", request.scheme());
    header(block, ":authority", request.authority());
    header(block, ":path", request.path());
    for (HttpRequest.Header header : request.headers()) {
      header(block, header.name(), header.value());
    }
    first.write(frame(HEADERS, END_STREAM | END_HEADERS, stream, block.toByteArray()));
    out.write(first.toByteArray());
    out.flush();
    try {
      return answer();
    } catch (EOFException e) {
      return Reply.NONE;
    }
  }

  private Reply answer() throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    List<HttpRequest.Header> headers = new ArrayList<>();
    while (true) {
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int of = in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      switch (type) {
        case SETTINGS -> acknowledge(SETTINGS, flags, new byte[0]);
        case PING -> acknowledge(PING, flags, payload);
        case HEADERS, CONTINUATION -> {
          block.write(payload);
          if ((flags & END_HEADERS) != 0) {
            headers.addAll(decode(block.toByteArray()));
            block.reset();
          }
        }
        case DATA -> body.write(payload);
        case RESET, GO_AWAY -> {
          if (of == stream || of == 0) {
            return Reply.NONE;
          }
        }
        default -> {}
      }
      if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
        return new Reply(headers, body.toString(StandardCharsets.UTF_8));
      }
    }
  }

  private void acknowledge(int type, int flags, byte[] payload) throws IOException {
    if ((flags & ACK) == 0) {
      out.write(frame(type, ACK, 0, payload));
      out.flush();
    }
  }

  private List<HttpRequest.Header> decode(byte[] block) throws IOException {
    List<HttpRequest.Header> headers = new ArrayList<>();
    try {
      decoder
          .decodeHeaders(stream, Unpooled.wrappedBuffer(block))
          .forEach(
              entry ->
                  headers.add(
                      new HttpRequest.Header(
                          entry.getKey().toString(), entry.getValue().toString())));
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
    return headers;
  }

  /** A literal that is not indexed, without Huffman's code. */
  private static void header(ByteArrayOutputStream block, String name, String value)
      throws IOException {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  private static void text(ByteArrayOutputStream block, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest >>>= 7) {
        block.write((rest & 127) | 128);
      }
      block.write(rest);
    }
    block.write(bytes);
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    int length = payload.length;
    frame.write(new byte[] {(byte) (length >> 16), (byte) (length >> 8), (byte) length});
    frame.write(type);
    frame.write(flags);
    frame.write(new byte[] {0, 0, (byte) (stream >> 8), (byte) stream});
    frame.write(payload);
    return frame.toByteArray();
  }
}
