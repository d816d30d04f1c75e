// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import dev.jpull.address.Authority;
import dev.jpull.error.ReferenceException;
import dev.jpull.file.Reason;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.GoRewrites;
import dev.jpull.hosts.HostUrl;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import dev.jpull.lint.HostCase;
import dev.jpull.text.ForeignText;
import dev.jpull.toml.TomlFile;
import dev.jpull.yaml.YamlException;
import dev.jpull.yaml.YamlFile;
import dev.jpull.yaml.YamlMistake;
import dev.jpull.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a registries.yaml. For use by one thread. */
final class RegistriesYamlReader {
    private static final int MAX_SIZE = 1 << 20;
    private static final int MAX_ENDPOINTS = 256;
    private static final List<String> ROOT = List.of("mirrors", "configs");
    private static final List<String> MIRROR = List.of("endpoint", "rewrite");
    private static final List<String> CONFIG = List.of("auth", "tls");
    private static final String LIST = "write - \"https://mirror.example\" on a line of its own below it";

    private final Path file;
    private final Findings findings = new Findings(ContainerRuntime.K3S);
    private final Map<String, RegistriesYaml.Mirror> mirrors = new LinkedHashMap<>();
    private final Map<String, RegistriesYaml.Config> configs = new LinkedHashMap<>();

    RegistriesYamlReader(Path file) {
        this.file = file;
    }

    RegistriesYaml read() {
        YamlNode root = document();
        YamlTable table = root == null ? null : YamlTable.of(root, String.valueOf(file.getFileName()), findings);
        if (table != null) {
            table.reportOthers(
                    ROOT,
                    LostSettings::atRoot,
                    "write them below mirrors or configs at the beginning of a line; a key for anchors begins with x-");
            YamlTable named = table.table("mirrors");
            if (named != null) {
                named.members().forEach(this::readMirror);
            }
            YamlTable settings = table.table("configs");
            if (settings != null) {
                settings.members().forEach(this::readConfig);
            }
        }
        RegistriesYaml read = new RegistriesYaml(file, mirrors, configs, List.of());
        new RegistriesYamlLint(read, findings).review();
        return new RegistriesYaml(file, mirrors, configs, findings.all());
    }

    private @Nullable YamlNode document() {
        try {
            YamlFile.Document document = YamlFile.read(file, TomlFile.readText(file, MAX_SIZE));
            document.mistakes().forEach(this::report);
            return document.root().orElse(null);
        } catch (YamlException e) {
            report(e.mistake());
        } catch (IOException e) {
            findings.error(
                    "unreadable",
                    SourcePosition.of(file),
                    "cannot be read: " + Reason.of(e),
                    YamlTable.NOT_STARTED,
                    "make it a regular file of UTF-8 text that this user may read");
        }
        return null;
    }

    private void report(YamlMistake mistake) {
        findings.error(
                "syntax",
                mistake.position(),
                mistake.message(),
                "does not start, or takes the last of keys that are there twice",
                mistake.remedy());
    }

    private void readMirror(YamlNode.Member member) {
        String registry = member.key().text();
        SourcePosition position = member.key().position();
        if (!registry.equals(RegistriesYaml.ALL) && !isRegistry(registry)) {
            findings.error(
                    "mirror-name",
                    position,
                    "no image has \"" + ForeignText.address(registry)
                            + "\" as its registry, so that nothing is pulled through these mirrors",
                    "asks the registry of the image itself",
                    "write the host with its port as names of images have it, such as docker.io; \"*\" stands for all");
            return; // other findings would show the name, which may have a password
        }
        HostCase.review(registry, position, findings);
        YamlTable table = YamlTable.of(member.value(), registry, findings);
        if (table == null) {
            mirrors.put(registry, new RegistriesYaml.Mirror(position, List.of(), List.of(), Map.of()));
            return;
        }
        table.reportOthers(MIRROR, LostSettings::inMirror, "write the mirrors below endpoint, as a list of URLs");
        GoRewrites rewrites = new GoRewrites(findings);
        YamlTable rules = table.table("rewrite");
        if (rules != null) {
            for (YamlNode.Member rule : rules.members()) {
                String pattern = rule.key().text();
                rewrites.add(pattern, rules.text(pattern), rule.key().position());
            }
        }
        List<RenamingRule> sorted = rewrites.rules();
        mirrors.put(registry, new RegistriesYaml.Mirror(position, endpoints(table), sorted, rewrites.positions()));
    }

    static boolean isRegistry(String name) {
        try {
            return ImageReference.parse(name + "/a").domain().equals(name);
        } catch (ReferenceException e) {
            return false;
        }
    }

    private List<Endpoint> endpoints(YamlTable mirror) {
        List<Endpoint> endpoints = new ArrayList<>();
        YamlNode value = mirror.value("endpoint");
        if (value instanceof YamlNode.Sequence sequence) {
            if (sequence.items().size() > MAX_ENDPOINTS) {
                mirror.wrongType(value, "endpoint", "a list of at most " + MAX_ENDPOINTS + " endpoints", "write fewer");
                return List.of();
            }
            for (YamlNode item : sequence.items()) {
                if (item instanceof YamlNode.Scalar scalar) {
                    addEndpoint(YamlTable.isNothing(item) ? "" : scalar.text(), item.position(), endpoints);
                } else {
                    mirror.wrongType(item, "endpoint", "a list of texts", LIST);
                }
            }
        } else if (value != null) {
            mirror.wrongType(value, "endpoint", "a list", LIST);
        }
        return endpoints;
    }

    private void addEndpoint(String text, SourcePosition position, List<Endpoint> endpoints) {
        try {
            endpoints.add(Endpoint.parse(text, position));
        } catch (HostUrl.InvalidException e) {
            findings.error(
                    e.code(),
                    position,
                    String.valueOf(e.getMessage()),
                    "leaves the endpoint out with a line in its log, or has a containerd that asks something else",
                    e.remedy());
        }
    }

    private void readConfig(YamlNode.Member member) {
        String host = member.key().text();
        SourcePosition position = member.key().position();
        if (!host.equals(RegistriesYaml.ALL) && !Authority.flaw(host).isEmpty()) {
            findings.error(
                    "config-name",
                    position,
                    "no endpoint has \"" + ForeignText.address(host)
                            + "\" as its host, so that these settings are for none",
                    "goes without them",
                    "write the host with its port alone, such as registry.example:5000");
            return; // other findings would show the name, which may have a password
        }
        HostCase.review(host, position, findings);
        YamlTable table = YamlTable.of(member.value(), host, findings);
        if (table == null) {
            configs.put(host, new RegistriesYaml.Config(position, null, null));
            return;
        }
        table.reportOthers(CONFIG, LostSettings::inConfig, "write them below auth or tls");
        YamlTable auth = table.table("auth");
        YamlTable tls = table.table("tls");
        HostSettingsReader settings = new HostSettingsReader(host, findings);
        configs.put(
                host,
                new RegistriesYaml.Config(
                        position,
                        auth == null ? null : new RegistriesYaml.Auth(settings.auth(auth), table.positionOf("auth")),
                        tls == null ? null : settings.tls(tls)));
    }
}
