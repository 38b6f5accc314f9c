package dev.pilothouse.istiod;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from real programs is tested with istiod itself, in IstiodFaultsIT. */
class MeshConfigFieldsTest {
  private static final String SCOPE = ".istio.mesh.v1alpha1.MeshConfig";

  @TempDir private Path folder;

  @Test
  void descriptorIsFoundAcrossTheBlocksOfAProgram() throws IOException {
    // The second block of a MiB begins in the middle of the descriptor's name.
    MeshConfigFields fields = MeshConfigFields.of(program((1 << 20) - 10));

    assertThat(unknown(fields, "{trustDomain: a, trust_domain: a, by: {x: {trustDomain: b}}}"))
        .isEmpty();
    assertThat(unknown(fields, "{trustDomains: a, by: {x: {nosuch: b}}, all: [{}, {other: 1}]}"))
        .containsExactly("trustDomains (did you mean trustDomain?)", "by.x.nosuch", "all[1].other");
  }

  @Test
  void ofAProgramWithoutDescriptorsNothingIsSaid() throws IOException {
    Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\n");

    assertThat(unknown(MeshConfigFields.of(script), "nosuch: 1")).isEmpty();
    assertThat(unknown(MeshConfigFields.of(folder.resolve("nothing")), "nosuch: 1")).isEmpty();
  }

  private static List<String> unknown(MeshConfigFields fields, String yaml) {
    return MeshConfig.of(MeshProfile.ISTIO_DEFAULTS, yaml).unknown(fields);
  }

  private Path program(int before) throws IOException {
    DescriptorProto entry =
        DescriptorProto.newBuilder()
            .setName("ByEntry")
            .addField(field("key", "key", ""))
            .addField(field("value", "value", SCOPE))
            .setOptions(MessageOptions.newBuilder().setMapEntry(true))
            .build();
    FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .setName("mesh/v1alpha1/config.proto")
            .setPackage("istio.mesh.v1alpha1")
            .addMessageType(
                DescriptorProto.newBuilder()
                    .setName("MeshConfig")
                    .addField(field("trust_domain", "trustDomain", ""))
                    .addField(field("by", "by", SCOPE + ".ByEntry"))
                    .addField(field("all", "all", SCOPE))
                    .addNestedType(entry))
            .setSyntax("proto3")
            .build();
    ByteArrayOutputStream program = new ByteArrayOutputStream();
    program.write(new byte[before]);
    file.writeTo(program);
    program.write("\0\1/* and so on".getBytes(UTF_8));
    return Files.write(folder.resolve("program"), program.toByteArray());
  }

  private static FieldDescriptorProto field(String name, String jsonName, String type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setJsonName(jsonName)
        .setTypeName(type)
        .build();
  }
}
