// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.file.RegularFile;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.secret.Secret;
import dev.jpull.text.ForeignText;
import dev.jpull.text.StrictBase64;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What docker's config.json and podman's auth.json say about credentials; one entry that cannot be read makes the whole
 * file unusable, as docker has it (docs/containerd.md section 8.4).
 *
 * @param entries the credentials by their keys, in the order of the file
 * @param helpers the helper programs by key
 * @param store the helper program for all other keys; empty for none
 */
record AuthFile(Map<String, Entry> entries, Map<String, String> helpers, String store) {
    private static final int MAX_SIZE = 4 << 20;

    /**
     * An entry.
     *
     * @param username the user, or empty
     * @param password the password, or empty
     * @param identityToken an identity token, or empty
     * @param registryToken a token that the registry takes as it is, or empty
     */
    record Entry(String username, Secret password, Secret identityToken, Secret registryToken) {
        Optional<Credential> credential() {
            if (!identityToken.isEmpty()) {
                return Optional.of(new Credential("", identityToken, Credential.Kind.IDENTITY_TOKEN));
            }
            if (!username.isEmpty() && !password.isEmpty()) {
                return Optional.of(new Credential(username, password, Credential.Kind.PASSWORD));
            }
            return registryToken.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Credential("", registryToken, Credential.Kind.REGISTRY_TOKEN));
        }
    }

    /**
     * Reads a file; one that is not there, or empty, says nothing.
     *
     * @throws ConfigurationException if it cannot be used
     */
    static Optional<AuthFile> read(Path file) {
        try {
            byte[] content = RegularFile.read(file, MAX_SIZE);
            return content.length == 0 ? Optional.empty() : Optional.of(parse(JsonValue.parse(content)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the credentials in " + ForeignText.line(file.toString()) + " cannot be read: " + Reason.of(e)
                            + "; make it a file that this user may read, or remove it",
                    e);
        } catch (JsonException e) {
            throw new ConfigurationException(ForeignText.line(file.toString()) + " cannot be used: "
                    + ForeignText.line(String.valueOf(e.getMessage())) + "; correct it, or log in again");
        }
    }

    /** Interprets JSON. */
    static AuthFile parse(JsonValue json) throws JsonException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        JsonValue auths = json.get("auths");
        if (auths != null) {
            for (Map.Entry<String, JsonValue> auth : auths.members().entrySet()) {
                entries.put(auth.getKey(), entry(auth.getValue()));
            }
        }
        Map<String, String> helpers = new LinkedHashMap<>();
        JsonValue named = json.get("credHelpers");
        if (named != null) {
            for (String key : named.members().keySet()) {
                helpers.put(key, text(named, key));
            }
        }
        return new AuthFile(
                Collections.unmodifiableMap(entries), Collections.unmodifiableMap(helpers), text(json, "credsStore"));
    }

    /** The helper for a key; empty for none. */
    String helper(String key) {
        return helpers.getOrDefault(key, store);
    }

    private static Entry entry(JsonValue json) throws JsonException {
        String username = text(json, "username");
        Secret password = Secret.of(text(json, "password"));
        String auth = text(json, "auth");
        if (!auth.isEmpty()) {
            String pair = decoded(json, auth);
            username = pair.substring(0, pair.indexOf(':'));
            password = Secret.of(pair.substring(pair.indexOf(':') + 1).replaceAll("\0+$", ""));
        }
        return new Entry(
                username, password, Secret.of(text(json, "identitytoken")), Secret.of(text(json, "registrytoken")));
    }

    private static String decoded(JsonValue entry, String auth) throws JsonException {
        try {
            String pair = new String(StrictBase64.decode(auth), StandardCharsets.UTF_8);
            if (pair.indexOf(':') > 0) {
                return pair;
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the same error, which must not repeat the value.
        }
        throw entry.require("auth").invalid("is not user:password in base64");
    }

    private static String text(JsonValue json, String key) throws JsonException {
        String text = json.text(key);
        return text == null ? "" : text;
    }
}
