package dev.pilothouse.istiod;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.WireFormat;
import dev.pilothouse.internal.Nearest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fields of the mesh config that a pilot-discovery knows. Every Go program holds the
 * descriptors of its protobuf messages as they were compiled, so they can be read from the file.
 */
final class MeshConfigFields {
  private static final Logger LOG = LoggerFactory.getLogger(MeshConfigFields.class);
  private static final String MESH_CONFIG = ".istio.mesh.v1alpha1.MeshConfig";

  /** Where MeshConfig and ProxyConfig are; what other files define is not looked into. */
  private static final List<String> FILES =
      List.of("mesh/v1alpha1/config.proto", "mesh/v1alpha1/proxy.proto");

  private static final int BLOCK = 1 << 20;

  /** Longer than any of these descriptors. */
  private static final int LONGEST = 1 << 18;

  private final Map<String, DescriptorProto> messages = new HashMap<>();

  /** Reads a program; of one that shows no descriptors nothing is known. */
  static MeshConfigFields of(Path program) {
    MeshConfigFields fields = new MeshConfigFields();
    try (RandomAccessFile file = new RandomAccessFile(program.toFile(), "r")) {
      for (String name : FILES) {
        descriptor(file, name).ifPresent(fields::add);
      }
    } catch (IOException e) {
      LOG.debug("{} shows no descriptors; its mesh config is not checked beforehand", program, e);
    }
    return fields;
  }

  private void add(FileDescriptorProto file) {
    file.getMessageTypeList().forEach(type -> add("." + file.getPackage(), type));
  }

  private void add(String scope, DescriptorProto message) {
    String name = scope + "." + message.getName();
    messages.put(name, message);
    message.getNestedTypeList().forEach(nested -> add(name, nested));
  }

  /** The paths of fields that it does not know, with those that may have been meant. */
  List<String> unknown(JsonNode meshConfig) {
    List<String> unknown = new ArrayList<>();
    compare("", MESH_CONFIG, meshConfig, unknown);
    return unknown;
  }

  private void compare(String path, String type, JsonNode value, List<String> unknown) {
    DescriptorProto message = messages.get(type);
    if (message == null || !value.isObject()) {
      return; // Of what is no object istiod complains itself.
    }
    Map<String, FieldDescriptorProto> known = new LinkedHashMap<>();
    for (FieldDescriptorProto field : message.getFieldList()) {
      known.put(field.getJsonName(), field);
      known.put(field.getName(), field);
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      String name = entry.getKey();
      FieldDescriptorProto field = known.get(name);
      if (field == null) {
        unknown.add(path + name + Nearest.suggestion(name, names(message, name)));
      } else {
        compareValue(path + name, field.getTypeName(), entry.getValue(), unknown);
      }
    }
  }

  /** In the spelling of the name that is none. */
  private static Set<String> names(DescriptorProto message, String like) {
    boolean snakeCase = like.indexOf('_') >= 0;
    Set<String> names = new TreeSet<>();
    message
        .getFieldList()
        .forEach(field -> names.add(snakeCase ? field.getName() : field.getJsonName()));
    return names;
  }

  private void compareValue(String path, String type, JsonNode value, List<String> unknown) {
    DescriptorProto message = messages.get(type);
    if (message != null && message.getOptions().getMapEntry()) {
      String valueType = message.getField(1).getTypeName();
      value
          .properties()
          .forEach(e -> compareValue(path + "." + e.getKey(), valueType, e.getValue(), unknown));
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        compare(path + "[" + i + "].", type, value.get(i), unknown);
      }
    } else {
      compare(path + ".", type, value, unknown);
    }
  }

  private static Optional<FileDescriptorProto> descriptor(RandomAccessFile file, String name)
      throws IOException {
    // Its first field is its own name.
    String beginning = "\n" + (char) name.length() + name;
    byte[] block = new byte[BLOCK + beginning.length()];
    for (long at = 0; at < file.length(); at += BLOCK) {
      file.seek(at);
      int read = read(file, block);
      int found = new String(block, 0, read, ISO_8859_1).indexOf(beginning);
      if (found >= 0) {
        byte[] rest = new byte[LONGEST];
        file.seek(at + found);
        int length = read(file, rest);
        return Optional.of(FileDescriptorProto.parseFrom(whole(Arrays.copyOf(rest, length))));
      }
    }
    return Optional.empty();
  }

  private static int read(RandomAccessFile file, byte[] into) throws IOException {
    int all = 0;
    for (int read = 0; read >= 0 && all < into.length; ) {
      all += read;
      read = file.read(into, all, into.length - all);
    }
    return all;
  }

  /** Nothing says where it ends, but its last field is the syntax. */
  private static byte[] whole(byte[] beginning) throws IOException {
    CodedInputStream input = CodedInputStream.newInstance(beginning);
    int tag = input.readTag();
    while (WireFormat.getTagFieldNumber(tag) != FileDescriptorProto.SYNTAX_FIELD_NUMBER) {
      if (tag == 0 || !input.skipField(tag)) {
        throw new IOException("a descriptor without an end");
      }
      tag = input.readTag();
    }
    boolean unused = input.skipField(tag);
    return Arrays.copyOf(beginning, input.getTotalBytesRead());
  }
}
