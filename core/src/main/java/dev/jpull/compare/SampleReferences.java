// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compare;

import dev.jpull.address.DockerHub;
import dev.jpull.address.Network;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.ReferenceException;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Images that stand for all images of a scope, when configurations are compared. */
public final class SampleReferences {
    /** The registry that stands for all registries without rules of their own; no registry has this name (RFC 6761). */
    public static final String ANY_REGISTRY = "registry.invalid";

    /** How many scopes are compared at most, so that a comparison ends. */
    private static final int MAX_SCOPES = 10_000;

    /** How many rules have samples of their own; all rules are compared as texts too. */
    private static final int MAX_RULES = 50;

    private static final String TAG = "1";
    private static final Digest DIGEST = Digest.parse("sha256:" + "0123456789abcdef".repeat(4));
    private static final String WILDCARD = "*.";

    /** A port that stands for those without rules of their own. */
    private static final String ANY_PORT = ":65000";

    /** The text at the beginning of a regular expression that stands for itself. */
    private static final Pattern LITERAL = Pattern.compile("\\^?([a-z0-9][a-z0-9/_-]*).*", Pattern.DOTALL);

    private SampleReferences() {}

    /**
     * The scopes of two configurations, in alphabetical order, with the registries of their repositories, and always that for
     * all other registries, which is the last one. Other ports of a registry are a scope when they have its rules on one side alone.
     *
     * @throws ConfigurationException if there are too many
     */
    public static Set<String> scopes(HostConfiguration one, HostConfiguration other) {
        Set<String> scopes = new TreeSet<>(one.scopes());
        scopes.addAll(other.scopes());
        if (scopes.size() > MAX_SCOPES) {
            throw new ConfigurationException("the configurations have rules for more than " + MAX_SCOPES
                    + " registries and repositories, which is the limit for a comparison");
        }
        Set<String> alike = new HashSet<>(one.scopes());
        alike.retainAll(other.scopes());
        for (String scope : List.copyOf(scopes)) {
            if (!isOtherPorts(scope)) {
                scopes.add(registry(scope));
            } else if (alike.contains(scope)) {
                scopes.remove(scope);
            }
        }
        if (scopes.contains(DockerHub.API_HOST)) {
            scopes.add(DockerHub.NAMESPACE); // settings of that host are for its images too
        }
        scopes.remove(HostConfiguration.ALL);
        Set<String> ordered = new LinkedHashSet<>(scopes);
        ordered.add(HostConfiguration.ALL);
        return ordered;
    }

    /** Whether a scope is that of the ports of a registry that have no rules of their own. */
    public static boolean isOtherPorts(String scope) {
        return scope.endsWith(HostConfiguration.OTHER_PORTS);
    }

    /** The registry or domain of such a scope. */
    public static String withoutPorts(String scope) {
        return scope.substring(0, scope.length() - HostConfiguration.OTHER_PORTS.length());
    }

    /** The registry that a scope is in, or the domain of registries. */
    public static String registry(String scope) {
        int slash = scope.indexOf('/');
        return slash < 0 ? scope : scope.substring(0, slash);
    }

    /** Images within a scope, each by tag and by digest; none when no image can be in it. */
    public static List<ImageReference> within(String scope) {
        if (scope.equals(HostConfiguration.ALL)) {
            return inRegistry(ANY_REGISTRY, List.of("app", "org/app"));
        }
        if (isOtherPorts(scope)) {
            return within(withoutPorts(scope) + ANY_PORT).stream()
                    .filter(image -> image.path().equals("org/app"))
                    .toList();
        }
        Optional<Network> network = Network.of(scope.replace("[", "").replace("]", ""));
        if (network.isPresent()) {
            List<ImageReference> all = inRegistry(literal(network.get().base()), List.of("org/app"));
            all.addAll(inRegistry(literal(network.get().last()), List.of("org/app")));
            return all;
        }
        String registry = registry(scope);
        String path = scope.substring(Math.min(scope.length(), registry.length() + 1));
        if (registry.startsWith(WILDCARD)) {
            String domain = registry.substring(1);
            List<ImageReference> all = new ArrayList<>(within("one" + domain + (path.isEmpty() ? "" : "/" + path)));
            all.addAll(within("two.one" + domain + (path.isEmpty() ? "" : "/" + path)));
            return all;
        }
        if (!path.isEmpty()) {
            return inRegistry(registry, List.of(path, path + "/app", path + "/app/part"));
        }
        return registry.equals(DockerHub.NAMESPACE)
                ? inRegistry(registry, List.of("library/busybox", "org/app"))
                : inRegistry(registry, List.of("app", "org/app"));
    }

    private static String literal(InetAddress address) {
        String text = String.valueOf(address.getHostAddress());
        return text.indexOf(':') < 0 ? text : "[" + text + "]";
    }

    /** Images that are just outside of a scope: the repository beside it, the domain itself. */
    public static List<ImageReference> beside(String scope) {
        if (scope.equals(HostConfiguration.ALL) || isOtherPorts(scope)) {
            return List.of();
        }
        String registry = registry(scope);
        if (registry.startsWith(WILDCARD)) {
            String domain = registry.substring(WILDCARD.length());
            List<ImageReference> all = inRegistry(domain, List.of("org/app"));
            all.addAll(inRegistry("beside" + domain, List.of("org/app")));
            return all;
        }
        String path = scope.substring(Math.min(scope.length(), registry.length() + 1));
        return path.isEmpty()
                ? List.of()
                : inRegistry(registry, List.of(path + "-beside", path + "beside/app", "org/app"));
    }

    /** Images to which rules that rename repositories apply, or nearly so: with the text at the beginning of their patterns. */
    static List<ImageReference> renamed(String registry, Collection<RenamingRule> rules) {
        Set<String> paths = new LinkedHashSet<>();
        for (RenamingRule rule : rules.stream().limit(MAX_RULES).toList()) {
            Matcher literal = LITERAL.matcher(rule.pattern());
            if (RuleKind.isExpression(rule) && literal.matches()) {
                String text = literal.group(1).replaceAll("[/_-]+$", "");
                paths.addAll(List.of(text, text + "/app", text + "/org/app", "other/" + text + "/app"));
            }
        }
        return inRegistry(registry, paths);
    }

    private static List<ImageReference> inRegistry(String registry, Collection<String> paths) {
        List<ImageReference> images = new ArrayList<>();
        for (String path : paths) {
            image(registry, path).ifPresent(image -> {
                images.add(image);
                images.add(image.withDigest(DIGEST));
            });
        }
        return images;
    }

    /** The image, or empty when a reference cannot have this registry or this repository. */
    private static Optional<ImageReference> image(String registry, String path) {
        try {
            ImageReference image = ImageReference.parse(registry + "/" + path + ":" + TAG);
            boolean asWritten = image.domain().equals(registry) && image.path().equals(path);
            return asWritten ? Optional.of(image) : Optional.empty();
        } catch (ReferenceException e) {
            return Optional.empty();
        }
    }
}
