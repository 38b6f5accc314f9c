package dev.pilothouse.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pilothouse.failure.PilothouseException;
import dev.pilothouse.internal.ApiServer;
import dev.pilothouse.internal.ApiServer.Answer;
import dev.pilothouse.internal.Poll;
import dev.pilothouse.internal.Poll.Outcome;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One resource that was applied, and the way back.
 *
 * @param title names it in messages
 * @param path its path at the API server
 * @param prior what was there before; null if nothing was
 * @param after what the API server answered; null if no answer came, so that it may have been
 *     applied or not
 */
record AppliedResource(
    String title, String path, @Nullable JsonNode prior, @Nullable JsonNode after) {
  static final String FIELD_MANAGER = "pilothouse";

  private static final Duration GONE_DEADLINE = Duration.ofMinutes(2);

  /** What the API server keeps itself. */
  private static final Set<String> SERVER_METADATA =
      Set.of("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp");

  void undo(ApiServer server) {
    JsonNode applied = after == null ? server.find(path) : after;
    if (applied == null) {
      return; // it was not applied, or somebody else has deleted it
    }
    if (prior == null) {
      delete(server, uid(applied));
    } else {
      setBack(server, applied, prior);
    }
  }

  private static String uid(JsonNode object) {
    return object.path("metadata").path("uid").asText();
  }

  private void delete(ApiServer server, String uid) {
    ObjectNode options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.put("propagationPolicy", "Background");
    options.putObject("preconditions").put("uid", uid);
    Answer answer = server.call("DELETE", path, ApiServer.JSON, options.toString());
    if (answer.code() == 404 || answer.code() == 409) {
      return; // somebody else deleted it, and perhaps made another one of that name: not ours
    }
    JsonNode body = ApiServer.succeeded("deleting " + title, answer);
    if (body.path("kind").asText().equals("Status")) {
      return; // gone; an object that is still there is answered as itself
    }
    JsonNode[] seen = {body};
    Outcome<Boolean> gone =
        Poll.until(
            "waiting until " + title + " is gone",
            GONE_DEADLINE,
            () -> isGone(server, uid, seen) ? Optional.of(true) : Optional.empty());
    if (gone.value() == null) {
      throw new PilothouseException(
          "deleting " + title,
          "it is still there after "
              + GONE_DEADLINE.toSeconds()
              + " s, with finalizers "
              + seen[0].path("metadata").path("finalizers")
              + seen[0].path("spec").path("finalizers")
              + " and status "
              + seen[0].path("status"),
          "see what should remove the finalizers",
          null,
          null);
    }
  }

  private boolean isGone(ApiServer server, String uid, JsonNode[] seen) {
    JsonNode now = server.find(path);
    if (now == null || !uid(now).equals(uid)) {
      return true;
    }
    seen[0] = now;
    return false;
  }

  /**
   * Sets back the fields that the apply changed, and no others: somebody else may have changed
   * those since. Then it gives the fields back to those who owned them, so that a later apply sees
   * the same owners as before.
   */
  private void setBack(ApiServer server, JsonNode applied, JsonNode before) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    ObjectNode changes = difference(withoutServerFields(applied), withoutServerFields(before));
    if (!changes.isEmpty()) {
      patch.setAll(changes);
      patch.withObjectProperty("metadata").put("uid", uid(applied));
      if (patch(server, patch) == null) {
        return;
      }
    }
    ObjectNode owners = JsonNodeFactory.instance.objectNode();
    owners
        .putObject("metadata")
        .put("uid", uid(applied))
        .set("managedFields", before.path("metadata").path("managedFields"));
    patch(server, owners);
  }

  private @Nullable JsonNode patch(ApiServer server, ObjectNode patch) {
    Answer answer =
        server.call(
            "PATCH",
            path + "?fieldManager=" + FIELD_MANAGER,
            ApiServer.MERGE_PATCH,
            patch.toString());
    if (answer.code() == 404 || answer.code() == 409) {
      return null; // it was deleted, or is another object of that name
    }
    return ApiServer.succeeded("setting back " + title, answer);
  }

  private static JsonNode withoutServerFields(JsonNode object) {
    ObjectNode copy = object.deepCopy();
    copy.remove("status");
    if (copy.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove(SERVER_METADATA);
    }
    return copy;
  }

  /** The JSON merge patch (RFC 7386) that leads from one object to the other. */
  static ObjectNode difference(JsonNode from, JsonNode to) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    from.fieldNames()
        .forEachRemaining(
            name -> {
              if (!to.has(name)) {
                patch.putNull(name);
              }
            });
    for (Iterator<String> names = to.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      JsonNode old = from.path(name);
      JsonNode wanted = to.path(name);
      if (old.isObject() && wanted.isObject()) {
        ObjectNode inner = difference(old, wanted);
        if (!inner.isEmpty()) {
          patch.set(name, inner);
        }
      } else if (!old.equals(wanted)) {
        patch.set(name, wanted);
      }
    }
    return patch;
  }
}
