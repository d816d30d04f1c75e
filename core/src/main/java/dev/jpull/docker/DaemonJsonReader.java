// SPDX-License-Identifier: Apache-2.0
package dev.jpull.docker;

import dev.jpull.address.Authority;
import dev.jpull.address.DockerHub;
import dev.jpull.address.Network;
import dev.jpull.file.Reason;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonFile;
import dev.jpull.json.JsonNode;
import dev.jpull.lint.Findings;
import dev.jpull.lint.HostCase;
import dev.jpull.lint.Spelling;
import dev.jpull.text.ForeignText;
import dev.jpull.toml.TomlFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a daemon.json says about registries. Every other key is docker's own business, but not one that is almost one of
 * these. For one file.
 */
final class DaemonJsonReader {
    /** What docker does with a mistake that it finds. */
    static final String NOT_STARTED = "does not start with it, and keeps its former configuration when it is reloaded";

    private static final int MAX_SIZE = 1 << 20;
    private static final int MAX_MIRRORS = 256;
    private static final int MAX_INSECURE = 2000;
    private static final int MAX_FINDINGS = 100;
    private static final String MIRRORS = "registry-mirrors";
    private static final String INSECURE = "insecure-registries";
    private static final String DOWNLOADS = "max-concurrent-downloads";
    private static final String PROXIES = "proxies";
    private static final List<String> KEYS = List.of(MIRRORS, INSECURE, DOWNLOADS, PROXIES);

    /** Options of the command dockerd: docker knows the words, and takes nothing from them in a file. */
    private static final Set<String> OPTIONS =
            Set.of("registry-mirror", "insecure-registry", "http-proxy", "https-proxy", "no-proxy");

    private static final Pattern OWN_WORDS = Pattern.compile("registr|mirror|insecure");
    private static final Pattern SCHEME = Pattern.compile("(?i)https?://(.*)");

    /** The hosts of docker's references (distribution/reference, {@code DomainRegexp}). */
    private static final Pattern DOMAIN = Pattern.compile(
            "(?:\\[[a-fA-F0-9:]++\\]|(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.(?!$|:)|(?=$|:)))++)(?::[0-9]+)?");

    private static final Pattern WHOLE_NUMBER = Pattern.compile("0|[1-9][0-9]{0,9}");

    private final Path file;
    private final Findings findings = new Findings(ContainerRuntime.DOCKER);
    private final Map<MirrorUrl, SourcePosition> mirrors = new LinkedHashMap<>();
    private final List<InsecureRegistry> insecure = new ArrayList<>();
    private int downloads;

    DaemonJsonReader(Path file) {
        this.file = file;
    }

    DaemonJson read() {
        JsonNode document = document();
        if (document instanceof JsonNode.Members root) {
            readRoot(root);
        } else if (document != null) {
            wrongType(at(document), "the document", "an object", "put it into { and }");
        }
        List<DaemonJson.Mirror> asked = mirrors.entrySet().stream()
                .map(mirror -> new DaemonJson.Mirror(mirror.getKey(), mirror.getValue()))
                .toList();
        return new DaemonJson(file, asked, insecure, downloads, firstFindings());
    }

    /** A file that is all mistakes is refused with few words. */
    private List<Finding> firstFindings() {
        List<Finding> all = findings.all();
        return all.size() <= MAX_FINDINGS
                ? all
                : Stream.concat(
                                all.stream().filter(Finding::isError),
                                all.stream().filter(it -> !it.isError()))
                        .limit(MAX_FINDINGS)
                        .toList();
    }

    private @Nullable JsonNode document() {
        try {
            String text = TomlFile.readText(file, MAX_SIZE);
            return JsonFile.read(text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (IOException e) {
            findings.error(
                    "unreadable",
                    SourcePosition.of(file),
                    "cannot be read: " + Reason.of(e),
                    NOT_STARTED,
                    "make it a regular file of UTF-8 text that this user may read");
        } catch (JsonException e) {
            findings.error(
                    "syntax",
                    new SourcePosition(file, e.line(), e.column()),
                    String.valueOf(e.getMessage()),
                    NOT_STARTED,
                    "correct it: JSON has double quotes, a comma between items and none at the end, and no comments");
        }
        return null;
    }

    private void readRoot(JsonNode.Members root) {
        Set<String> known = new HashSet<>();
        for (JsonNode.Member member : root.members()) {
            String name = member.name();
            if (KEYS.contains(name)) {
                if (!known.add(name)) {
                    findings.error(
                            "duplicate-key",
                            at(member),
                            "\"" + name + "\" is there twice",
                            "takes the last one, without a word",
                            "keep one of them");
                }
                if (!(member.value() instanceof JsonNode.Literal literal && literal.isNull())) {
                    readMember(member);
                }
            } else {
                reportForeign(member);
            }
        }
    }

    private void readMember(JsonNode.Member member) {
        switch (member.name()) {
            case MIRRORS -> texts(member, MAX_MIRRORS).forEach(this::readMirror);
            case INSECURE -> texts(member, MAX_INSECURE).forEach(this::readInsecure);
            case DOWNLOADS -> readDownloads(member.value());
            default ->
                findings.warning(
                        "proxies-not-used",
                        at(member),
                        "the proxies of this file are not used by jpull",
                        "reaches registries through them",
                        "set HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the environment of jpull");
        }
    }

    /** Keys that docker refuses or ignores although they look like those that count, here or one level deeper. */
    private void reportForeign(JsonNode.Member member) {
        String name = member.name();
        if (OPTIONS.contains(name)) {
            boolean proxy = name.endsWith("proxy");
            findings.error(
                    "unknown-key",
                    at(member),
                    "\"" + name + "\" is an option of the command dockerd, and means nothing in this file",
                    "ignores it, without a word",
                    proxy
                            ? "write it into an object \"proxies\""
                            : "write \"" + (name.equals("registry-mirror") ? MIRRORS : INSECURE) + "\"");
        } else if (OWN_WORDS.matcher(name.toLowerCase(Locale.ROOT)).find()
                || !Spelling.suggestion(name.toLowerCase(Locale.ROOT), KEYS).isEmpty()) {
            findings.error(
                    "unknown-key",
                    at(member),
                    "unknown key \"" + shown(name) + "\"",
                    NOT_STARTED,
                    "remove it or correct it" + Spelling.suggestion(name.toLowerCase(Locale.ROOT), KEYS));
        } else if (member.value() instanceof JsonNode.Members inner) {
            for (JsonNode.Member below : inner.members()) {
                if (KEYS.contains(below.name())) {
                    findings.error(
                            "misplaced-key",
                            at(below),
                            "\"" + below.name() + "\" is below \"" + shown(name) + "\", where it means nothing",
                            "ignores it, without a word",
                            "move it to the outermost object");
                }
            }
        }
    }

    private List<JsonNode.Text> texts(JsonNode.Member member, int max) {
        List<JsonNode.Text> texts = new ArrayList<>();
        if (!(member.value() instanceof JsonNode.Array array)) {
            wrongType(at(member.value()), "\"" + member.name() + "\"", "a list of texts", "put the text into [ and ]");
            return texts;
        }
        if (array.items().size() > max) {
            findings.error(
                    "too-large",
                    at(array),
                    "\"" + member.name() + "\" has more than " + max + " items, which is the limit",
                    "reads all of them",
                    "write fewer");
            return texts;
        }
        for (JsonNode item : array.items()) {
            if (item instanceof JsonNode.Text text) {
                texts.add(text);
            } else {
                wrongType(at(item), "an item of \"" + member.name() + "\"", "a text", "put it in double quotes");
            }
        }
        return texts;
    }

    private void readMirror(JsonNode.Text text) {
        try {
            MirrorUrl url = MirrorUrl.parse(text.text());
            if (url.endsWithApi()) {
                findings.warning(
                        "v2-in-path",
                        at(text),
                        "/v2 is added to a path that has one: requests go to " + url + "/v2/REPOSITORY/manifests/TAG",
                        "does the same, unless it stores images in containerd",
                        "remove /v2 from the end of the mirror");
            }
            if (mirrors.putIfAbsent(url, at(text)) != null) {
                findings.info(
                        "repeated-host",
                        at(text),
                        "the mirror " + url + " is there twice",
                        "asks it once",
                        "remove one of them");
            }
        } catch (MirrorUrl.InvalidException e) {
            findings.error("url", at(text), String.valueOf(e.getMessage()), e.behaviour(), e.remedy());
        }
    }

    private void readInsecure(JsonNode.Text text) {
        String host = text.text();
        Matcher scheme = SCHEME.matcher(host);
        if (scheme.matches()) {
            findings.warning(
                    "insecure-scheme",
                    at(text),
                    "\"" + ForeignText.address(host) + "\" has a scheme, which means nothing here",
                    "removes it, with a warning",
                    "write the host alone");
            host = scheme.group(1);
        }
        Optional<Network> network = Network.of(host);
        if (network.isEmpty()) {
            boolean bareIpv6 = !host.startsWith("[") && host.indexOf(':') != host.lastIndexOf(':');
            if (!Authority.flaw(bareIpv6 ? "[" + host + "]" : host).isEmpty()
                    || !bareIpv6 && !DOMAIN.matcher(host).matches()) {
                findings.error(
                        "insecure-registry",
                        at(text),
                        "\"" + ForeignText.address(host) + "\" is neither a host with an optional port nor a network",
                        NOT_STARTED,
                        "write host, host:port, or a network such as 10.0.0.0/8");
                return;
            }
            if (bareIpv6 || host.equals(DockerHub.NAMESPACE) || host.equals(DockerHub.INDEX_HOST)) {
                findings.warning(
                        "no-effect",
                        at(text),
                        bareIpv6
                                ? "no reference has an IPv6 address without brackets"
                                : "the certificate of Docker Hub is always checked",
                        "does the same",
                        bareIpv6 ? "write [" + host + "]" : "remove it");
                return;
            }
        }
        if (network.isEmpty()) {
            HostCase.review(host, at(text), findings);
        }
        insecure.add(new InsecureRegistry(host, network.orElse(null), at(text)));
    }

    private void readDownloads(JsonNode value) {
        if (!(value instanceof JsonNode.Literal literal)
                || !WHOLE_NUMBER.matcher(literal.text()).matches()
                || Long.parseLong(literal.text()) > Integer.MAX_VALUE) {
            wrongType(at(value), "\"" + DOWNLOADS + "\"", "a whole number that is not negative", "write a number");
            return;
        }
        downloads = Integer.parseInt(literal.text());
    }

    private void wrongType(SourcePosition position, String what, String wanted, String remedy) {
        findings.error("wrong-type", position, what + " is not " + wanted, NOT_STARTED, remedy);
    }

    private SourcePosition at(JsonNode node) {
        return new SourcePosition(file, node.line(), node.column());
    }

    private SourcePosition at(JsonNode.Member member) {
        return new SourcePosition(file, member.line(), member.column());
    }

    private static String shown(String text) {
        return ForeignText.line(text, 200);
    }
}
