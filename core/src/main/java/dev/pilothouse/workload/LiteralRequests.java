package dev.pilothouse.workload;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.impl.io.DefaultClassicHttpRequestFactory;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/** Makes requests whose target stays as it is written; by itself HttpCore takes //a for a host. */
final class LiteralRequests extends DefaultClassicHttpRequestFactory {
  @Override
  public ClassicHttpRequest newHttpRequest(String method, String target) {
    BasicClassicHttpRequest request = new BasicClassicHttpRequest(method, "/");
    request.setPath(target);
    return request;
  }
}
