package dev.pilothouse.delve.ide;

/** GoLand's run configuration of the kind Go Remote. */
final class GoLandXml {
  private GoLandXml() {}

  static String remote(String name, String host, int port) {
    return """
        <component name="ProjectRunConfigurationManager">
          <configuration default="false" name="%s" type="GoRemoteDebugConfigurationType" \
        factoryName="Go Remote" host="%s" port="%d">
            <option name="disconnectOption" value="LEAVE" />
            <disconnect value="LEAVE" />
            <method v="2" />
          </configuration>
        </component>
        """
        .formatted(escaped(name), escaped(host), port);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
