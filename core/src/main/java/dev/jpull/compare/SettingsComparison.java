// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compare;

import dev.jpull.compare.HostChange.Kind;
import dev.jpull.compare.HostChange.Sign;
import dev.jpull.compare.HostRequest.Protection;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.Header;
import dev.jpull.hosts.ProxyAddress;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.secret.Secret;
import dev.jpull.text.ForeignText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares the settings of one host before and after a change. */
final class SettingsComparison {
    /** Headers that are credentials. */
    private static final Set<String> CREDENTIAL_HEADERS = Set.of("authorization", "cookie", "proxy-authorization");

    private final HostRequest before;
    private final HostRequest after;
    private final List<HostChange> changes = new ArrayList<>();

    private SettingsComparison(HostRequest before, HostRequest after) {
        this.before = before;
        this.after = after;
    }

    /** The differences between two requests to the same host. */
    static List<HostChange> of(HostRequest before, HostRequest after) {
        SettingsComparison comparison = new SettingsComparison(before, after);
        comparison.comparePlace();
        comparison.compareProtection();
        comparison.compareAuthorities();
        comparison.compareClients();
        comparison.compareCredentials();
        comparison.compareCapabilities();
        comparison.compareHeaders();
        comparison.compareConnection();
        return comparison.changes;
    }

    private void comparePlace() {
        if (!before.location().equals(after.location())) {
            changed(Kind.PATH, false, "override_path", "now " + after.address() + ", was " + before.address());
        }
        if (!expressions(before.host()).equals(expressions(after.host()))) {
            changed(
                    Kind.RENAMING,
                    false,
                    "rewrite",
                    after.origin() + " has other rewrite rules: " + shown(expressions(after.host())) + ", was "
                            + shown(expressions(before.host())));
        }
        if (before.namesNamespace() != after.namesNamespace()) {
            changed(
                    Kind.NAMESPACE_PARAMETER,
                    false,
                    "",
                    "requests to " + after.address()
                            + (after.namesNamespace()
                                    ? " name the registry in the parameter ns"
                                    : " no longer name the registry in the parameter ns"));
        }
    }

    /** Rules that are regular expressions; the effect of others shows in the location. */
    private static List<RenamingRule> expressions(RegistryHost host) {
        return host.extensions().renames().stream()
                .filter(RuleKind::isExpression)
                .toList();
    }

    private static String shown(List<RenamingRule> rules) {
        return rules.isEmpty()
                ? "none"
                : ForeignText.line(rules.stream()
                        .map(rule -> rule.pattern() + " to " + rule.replacement())
                        .collect(Collectors.joining(", ")));
    }

    private void compareProtection() {
        Protection old = before.protection();
        Protection now = after.protection();
        if (old != now) {
            String means = switch (now) {
                case TLS -> "TLS alone";
                case TLS_OR_HTTP -> "TLS first, and plain HTTP when the host does not speak TLS";
                case HTTP -> "plain HTTP";
            };
            changed(Kind.PROTECTION, now.compareTo(old) > 0, "", after.address() + " is asked by " + means);
        }
        if (before.unverified() != after.unverified() && now != Protection.HTTP && old != Protection.HTTP) {
            changed(
                    Kind.VERIFICATION,
                    after.unverified(),
                    "skip_verify",
                    "the certificate of " + after.address()
                            + (after.unverified() ? " is no longer verified" : " is verified now"));
        }
    }

    private void compareAuthorities() {
        if (before.protection() == Protection.HTTP || after.protection() == Protection.HTTP) {
            return;
        }
        boolean more = !before.ca().containsAll(after.ca());
        boolean less = !after.ca().containsAll(before.ca());
        if (more || less) {
            changed(
                    Kind.AUTHORITIES,
                    more,
                    "ca",
                    after.address() + " is trusted by other certificate authorities: "
                            + files(after.host().tls().ca()) + ", was "
                            + files(before.host().tls().ca()));
        }
        boolean replaced = before.host().tls().caReplacesSystem();
        if (replaced != after.host().tls().caReplacesSystem()) {
            changed(
                    Kind.AUTHORITIES,
                    replaced,
                    "ca",
                    after.address()
                            + (replaced
                                    ? " is trusted by the authorities of the system too"
                                    : " is no longer trusted by the authorities of the system"));
        }
    }

    private void compareClients() {
        if (!before.client().equals(after.client())) {
            changed(
                    Kind.CLIENT_CERTIFICATES,
                    false,
                    "client",
                    after.address() + " gets other client certificates: " + certificates(after) + ", was "
                            + certificates(before));
        }
    }

    private static String certificates(HostRequest request) {
        return files(request.host().tls().client().stream()
                .map(ClientKeyPair::certificate)
                .toList());
    }

    private static String files(List<Path> files) {
        return files.isEmpty()
                ? "none"
                : ForeignText.line(files.stream().map(Path::toString).collect(Collectors.joining(", ")));
    }

    private void compareCredentials() {
        String address = after.address();
        if (before.credential().isEmpty() && after.credential().isPresent()) {
            add(Kind.CREDENTIALS, Sign.ADDED, true, "auth", "credentials for " + address);
        } else if (before.credential().isPresent() && after.credential().isEmpty()) {
            add(Kind.CREDENTIALS, Sign.REMOVED, false, "auth", "credentials for " + address);
        } else if (!before.credential().equals(after.credential())) {
            changed(Kind.CREDENTIALS, true, "auth", "other credentials for " + address + " (values hidden)");
        }
    }

    private void compareCapabilities() {
        compareCapability(Kind.CAPABILITIES, before.resolvesTags(), after.resolvesTags(), "tags");
        compareCapability(Kind.CAPABILITIES, before.servesContent(), after.servesContent(), "content by digest");
        compareCapability(Kind.REFERRERS, before.servesReferrers(), after.servesReferrers(), "referrers");
    }

    private void compareCapability(Kind kind, boolean old, boolean now, String what) {
        if (old != now) {
            String asked = now ? " is asked for " : " is no longer asked for ";
            changed(kind, false, "capabilities", after.address() + asked + what);
        }
    }

    private void compareHeaders() {
        Map<String, List<Secret>> old = headers(before.host());
        Map<String, List<Secret>> now = headers(after.host());
        Set<String> names = new TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            boolean credential = CREDENTIAL_HEADERS.contains(name);
            String header = "header " + name + " for " + after.address();
            if (!old.containsKey(name)) {
                add(Kind.HEADERS, Sign.ADDED, credential, "header", header);
            } else if (!now.containsKey(name)) {
                add(Kind.HEADERS, Sign.REMOVED, false, "header", header);
            } else if (!Objects.equals(old.get(name), now.get(name))) {
                changed(Kind.HEADERS, credential, "header", header + " has another value (hidden)");
            }
        }
    }

    private static Map<String, List<Secret>> headers(RegistryHost host) {
        Map<String, List<Secret>> byName = new TreeMap<>();
        for (Header header : host.headers()) {
            byName.computeIfAbsent(header.name().toLowerCase(Locale.ROOT), unseen -> new ArrayList<>())
                    .add(header.value());
        }
        return byName;
    }

    private void compareConnection() {
        compareTimeout(
                "dial_timeout",
                "connecting to ",
                before.host().dialTimeout(),
                after.host().dialTimeout());
        compareTimeout(
                "jpull.response_timeout",
                "the first byte from ",
                before.host().extensions().responseTimeout(),
                after.host().extensions().responseTimeout());
        compareTimeout(
                "jpull.stall_timeout",
                "the next byte from ",
                before.host().extensions().stallTimeout(),
                after.host().extensions().stallTimeout());
        ProxyAddress old = before.host().extensions().proxy();
        ProxyAddress now = after.host().extensions().proxy();
        if (!Objects.equals(old, now)) {
            String other = shown(now).equals(shown(old))
                    ? " gets other credentials (values hidden)"
                    : ": " + shown(now) + ", was " + shown(old);
            changed(Kind.PROXY, true, "jpull.proxy", "the proxy for " + after.address() + other);
        }
    }

    private static String shown(@Nullable ProxyAddress proxy) {
        return proxy == null ? "as the environment says" : proxy.toString();
    }

    private void compareTimeout(String setting, String what, @Nullable Duration old, @Nullable Duration now) {
        if (!Objects.equals(old, now)) {
            changed(
                    Kind.TIMEOUT,
                    false,
                    setting,
                    what + after.address() + " may take " + shown(now) + ", was " + shown(old));
        }
    }

    private static String shown(@Nullable Duration duration) {
        if (duration == null) {
            return "the default";
        }
        return duration.isZero() ? "any time" : duration.toMillis() + " ms";
    }

    private void changed(Kind kind, boolean dangerous, String setting, String message) {
        add(kind, Sign.CHANGED, dangerous, setting, message);
    }

    private void add(Kind kind, Sign sign, boolean dangerous, String setting, String message) {
        changes.add(new HostChange(
                kind, sign, dangerous, message, position(before.host(), setting), position(after.host(), setting)));
    }

    private static SourcePosition position(RegistryHost host, String setting) {
        return host.provenance().settings().getOrDefault(setting, host.source());
    }
}
