/**
 * The typed Envoy configuration.
 *
 * <p>A {@link dev.pilothouse.envoy.ConfigSource} says where a configuration comes from: a file, a
 * text, a live admin interface. An {@link dev.pilothouse.envoy.EnvoyConfigInspector} reads it, or
 * waits until it is as wanted. An {@link dev.pilothouse.envoy.EnvoyConfig} is what was read: typed
 * resources, each with its raw JSON and its protobuf message beside it.
 *
 * <pre>{@code
 * EnvoyConfig config =
 *     EnvoyConfigInspector.create().read(ConfigSource.file(Path.of("config_dump.json")));
 * config.route("8000").orElseThrow().virtualHosts().forEach(host -> host.domains());
 * }</pre>
 *
 * <p>Secrets are redacted as a configuration is read, from JSON and from protobuf alike, if they
 * are one of these:
 *
 * <ul>
 *   <li>a field that Envoy's API marks as sensitive, or a token that it forgot to mark, with all
 *       text below it but for where the secret comes from (a file, an environment variable);
 *   <li>a private key in PEM, plain or in base64, wherever it stands;
 *   <li>a string in a map or in JSON of an unknown type whose name ends in one of the words
 *       password, passwd, passphrase, secret, token, API key, private key, secret key, credential,
 *       authorization or cookie, in any case, as {@code DB_PASSWORD} or {@code clientSecret};
 *   <li>the value of a header of such a name, and what a header or a query parameter of such a name
 *       has to be, begin with, end with or contain, but for cookies, by which routes are chosen;
 *   <li>in any string: what is before the {@code @} of a URL (the password, if there is a user's
 *       name), a JWT, what follows {@code Bearer} or {@code Basic} if it has a digit or a capital
 *       letter, and what follows password, passwd, API key, {@code access_token} or {@code
 *       client_secret} and a colon or an equals sign.
 * </ul>
 *
 * <p>Nothing else is: a secret in a field {@code comment}, a key in DER, what a regular expression
 * holds, and all but private keys in PEM if it is in base64 and has no such name. Names stay, and
 * so do values that are one command operator, as {@code %REQ(X-TOKEN)%}. What is redacted cannot be
 * compared, see {@link dev.pilothouse.envoy.Redacted}: traces, assertions, lint and differences
 * call it undecided or leave it out.
 *
 * <p>Everything that is thrown for a configuration that cannot be read, or a source that does not
 * answer, is an {@link dev.pilothouse.envoy.EnvoyConfigException}. An argument that is wrong in
 * itself, whatever the configuration, is refused as Java does: an address that is no http address
 * with an {@code IllegalArgumentException}, a regular expression that is none with a {@code
 * PatternSyntaxException}, null with a {@code NullPointerException}.
 */
@NullMarked
package dev.pilothouse.envoy;

import org.jspecify.annotations.NullMarked;
