package dev.pilothouse.workload;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pilothouse.internal.LoopbackServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.impl.HttpProcessors;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnectionFactory;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParserFactory;
import org.apache.hc.core5.http.impl.io.HttpService;
import org.apache.hc.core5.http.io.HttpServerConnection;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.support.BasicHttpServerRequestHandler;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/**
 * Answers each HTTP request with JSON that tells what arrived. {@code /status/503} answers with
 * that status, {@code /delay/2} after two seconds.
 */
final class RequestTeller implements LoopbackServer.Handler {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern STATUS = Pattern.compile("/status/([2-5][0-9][0-9])");
  private static final Pattern DELAY = Pattern.compile("/delay/([0-9]{1,2}(?:\\.[0-9]{1,3})?)");
  private static final DefaultBHttpServerConnectionFactory CONNECTIONS =
      DefaultBHttpServerConnectionFactory.builder()
          .requestParserFactory(new DefaultHttpRequestParserFactory(null, new LiteralRequests()))
          .build();

  private final WorkloadSpec spec;
  private final HttpService service =
      HttpService.builder()
          .withHttpProcessor(HttpProcessors.server("pilothouse"))
          .withHttpServerRequestHandler(
              new BasicHttpServerRequestHandler((request, context) -> this::answer))
          .build();

  RequestTeller(WorkloadSpec spec) {
    this.spec = spec;
  }

  @Override
  public void handle(Socket socket) throws IOException {
    try (HttpServerConnection connection = CONNECTIONS.createConnection(socket)) {
      while (connection.isOpen()) {
        service.handleRequest(connection, HttpCoreContext.create());
      }
    } catch (HttpException e) {
      throw new IOException(e);
    }
  }

  private void answer(ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context)
      throws HttpException, IOException {
    byte[] body =
        request.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(request.getEntity());
    String target = request.getRequestUri();
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    String query = question < 0 ? "" : target.substring(question + 1);
    Matcher delay = DELAY.matcher(path);
    if (delay.matches()) {
      pause(Math.round(Double.parseDouble(delay.group(1)) * 1000));
    }
    Matcher status = STATUS.matcher(path);
    int code = status.matches() ? Integer.parseInt(status.group(1)) : HttpStatus.SC_OK;
    response.setCode(code);
    if (code == HttpStatus.SC_NO_CONTENT || code == HttpStatus.SC_NOT_MODIFIED) {
      return;
    }
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("workload", spec.name());
    told.put("labels", spec.labels());
    told.put("method", request.getMethod());
    told.put("path", path);
    told.put("query", query);
    told.put("headers", headers(request));
    told.put("body", new String(body, StandardCharsets.UTF_8));
    response.setEntity(
        new ByteArrayEntity(JSON.writeValueAsBytes(told), ContentType.APPLICATION_JSON));
  }

  private static Map<String, List<String>> headers(ClassicHttpRequest request) {
    Map<String, List<String>> headers = new TreeMap<>();
    for (Header header : request.getHeaders()) {
      headers
          .computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(header.getValue());
    }
    return headers;
  }

  private static void pause(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }
}
