// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import dev.jpull.yaml.YamlNode;
import java.util.Locale;
import java.util.Set;

/**
 * Tells unknown keys with settings that were meant to count from those that change nothing. k3s ignores both, and asks the
 * registries themselves. Keys that begin with {@code x-} or a dot are places for anchors.
 */
final class LostSettings {
    private static final Set<String> SETTINGS =
            Set.of("mirror", "mirrors", "config", "configs", "endpoint", "endpoints", "rewrite", "rewrites");

    /** What other programs call an endpoint. */
    private static final Set<String> ENDPOINTS =
            Set.of("url", "urls", "mirror", "mirrors", "host", "hosts", "server", "servers", "location", "registry");

    private static final Set<String> OF_HOSTS = Set.of(
            "username",
            "password",
            "identity_token",
            "token",
            "ca_file",
            "cert_file",
            "key_file",
            "insecure_skip_verify");

    private LostSettings() {}

    /** Whether an unknown key of the document has mirrors or settings below it. */
    static boolean atRoot(YamlNode.Member member) {
        return !isForAnchors(member) && (isRegistryWithSettings(member) || containsSettings(member.value()));
    }

    /** Whether an unknown key of a mirror has something in place of endpoints below it. */
    static boolean inMirror(YamlNode.Member member) {
        return !isForAnchors(member)
                && (!(member.value() instanceof YamlNode.Scalar)
                        || ENDPOINTS.contains(member.key().text().toLowerCase(Locale.ROOT)));
    }

    /** Whether an unknown key beside {@code auth} and {@code tls} belongs below one of them. */
    static boolean inConfig(YamlNode.Member member) {
        return OF_HOSTS.contains(member.key().text());
    }

    private static boolean isForAnchors(YamlNode.Member member) {
        String key = member.key().text();
        return key.startsWith("x-") || key.startsWith(".");
    }

    private static boolean isRegistryWithSettings(YamlNode.Member member) {
        String key = member.key().text();
        return (key.equals(RegistriesYaml.ALL) || RegistriesYamlReader.isRegistry(key))
                && !(member.value() instanceof YamlNode.Scalar);
    }

    /** Ends, since the reader of the document bounds its depth, and its nodes with those of aliases. */
    private static boolean containsSettings(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping.members().stream()
                    .anyMatch(member -> SETTINGS.contains(member.key().text()) || containsSettings(member.value()));
        }
        return node instanceof YamlNode.Sequence sequence
                && sequence.items().stream().anyMatch(LostSettings::containsSettings);
    }
}
