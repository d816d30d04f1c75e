// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.testdata.Vector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The conditions and rules that the table of deviations names: what jpull does where it differs, stated generally. */
final class Rules {
    private Rules() {}

    /** Whether a row applies to a case that is not marked with its quirk. */
    static boolean applies(String condition, Vector vector, Outcome outcome) {
        JsonNode input = vector.input();
        return switch (condition) {
            case "always" -> true;
            case "reference-differs" ->
                vector.area().equals("ref_ctr") || !isCanonical(input.get("ref").stringValue());
            case "manifest-too-large" ->
                outcome.actual().path("error").asString("").equals("too_large");
            case "form" -> vector.expect().has("form");
            case "push" -> Outcome.flag(input, "push");
            case "retried" -> !outcome.failed() && requests(outcome) > 1;
            case "foreign-urls" -> input.path("desc").has("urls");
            case "resumed" -> input.has("offset");
            case "chunked" -> input.has("concurrent_layer_fetch_buffer");
            case "token-server-busy" ->
                vector.expect().path("error").asString("").matches("unexpected_status:(408|429|5..)");
            case "ipv6-without-port" ->
                HostRules.isIpv6WithoutPort(input.get("host").stringValue());
            case "global-tls-beside-http" -> Outcome.flag(input, "default_tls") && HostRules.namesHttpHost(input);
            case "host-that-cannot-be" -> HostRules.expectsHostThatCannotBe(vector.expect());
            case "https-port" -> input.get("registry").stringValue().endsWith(":443");
            case "hub-host" -> input.get("registry").stringValue().equals("registry-1.docker.io");
            case "unreadable-variable" -> outcome.failed() && input.has("docker_auth_config_env");
            case "empty-key" -> vector.expect().path("labels").has("");
            case "only-os" -> input.path("matcher").asString("").equals("only_os");
            case "other-total" ->
                input.path("partial_total").asInt(0) != 0
                        && input.path("partial_total").asInt(0)
                                != input.path("descriptor").path("size").asInt(0);
            default -> throw new IllegalArgumentException(condition);
        };
    }

    /** Whether the outcome is what the rule says. */
    static boolean holds(String rule, Vector vector, Outcome outcome) {
        JsonNode actual = outcome.actual();
        JsonNode expect = vector.expect();
        return switch (rule) {
            case "docker-grammar" -> dockerGrammar(vector, outcome);
            case "no-port-no-port-candidate" ->
                withoutFirst(expect.get("candidates")).equals(Outcome.texts(actual.get("candidates")));
            case "empty-path-names-no-file" -> emptyPathNamesNoFile(vector, outcome);
            case "each-host-once" -> eachHostOnce(expect, actual);
            case "hub-once" -> hubOnce(expect.get("endpoints"), actual.get("endpoints"));
            case "written-hosts-count" -> writtenHostsCount(expect, actual);
            case "root-fields-honoured" ->
                outcome.findings().contains("root-without-server")
                        && rootFieldsHonoured(vector, actual.get("endpoints").get(0));
            case "verification-stays-on" ->
                !actual.get("endpoints").get(0).get("insecure_skip_verify").booleanValue()
                        && expect.get("endpoints")
                                .get(0)
                                .get("insecure_skip_verify")
                                .booleanValue();
            case "fallback-where-http-was-written" -> HostRules.fallbackWhereHttpWasWritten(vector, actual);
            case "credentials-without-port" -> HostRules.sameAsFor(vector, actual, ":443$", "");
            case "credentials-of-the-hub" -> HostRules.sameAsFor(vector, actual, "^registry-1.docker.io$", "docker.io");
            case "next-host" -> nextHost(vector, outcome);
            case "says-too-large" -> expect.path("error").asString("").equals("not_found");
            // The same hosts; the same outcome, or success where containerd gives up.
            case "patience" ->
                Comparison.holds(vector, outcome)
                        || expect.has("error")
                                && !outcome.failed()
                                && Comparison.hosts(actual.get("requests"))
                                        .equals(Comparison.hosts(expect.get("requests")));
            case "capabilities-bind" -> capabilitiesBind(vector, actual);
            case "real-failure" ->
                outcome.failed()
                        && !actual.get("error").equals(expect.get("error"))
                        && Comparison.hosts(actual.get("requests")).equals(Comparison.hosts(expect.get("requests")));
            case "no-foreign-requests" -> onlyConfiguredHosts(vector, actual);
            case "right-bytes" -> outcome.failed() ? expect.has("error") : rightBytes(vector, actual);
            case "right-bytes-or-refused" -> outcome.failed() || rightBytes(vector, actual);
            case "no-range-on-manifests" -> Comparison.holds(vector, outcome) && noRangeOnManifests(actual);
            case "all-challenges" ->
                actual.get("challenges").size() > expect.get("challenges").size()
                        && containsAll(actual.get("challenges"), expect.get("challenges"));
            case "scopes-merged" -> AuthRules.scopesMerged(expect, actual);
            case "asks-less" ->
                Comparison.holds(vector, outcome)
                        && requests(outcome) < expect.get("requests").size();
            case "credentials-stay-home" -> AuthRules.credentialsStayHome(vector, actual);
            case "realm-refused" -> outcome.failed() && onlyConfiguredHosts(vector, actual);
            case "asked-again-later" -> AuthRules.askedAgainLater(expect, outcome);
            case "asks-again" -> expect.has("error") && !outcome.failed();
            case "sent-once" ->
                outcome.failed()
                        && actual.get("error").equals(expect.get("error"))
                        && AuthRules.withAuthorization(actual).size() == 1;
            case "own-client-id" -> AuthRules.ownClientId(expect, actual);
            case "keeps-blobs" ->
                !outcome.failed() && elements(actual.get("fetched")).containsAll(elements(expect.get("fetched")));
            case "first-of-a-platform" -> firstOfAPlatform(vector, outcome);
            case "recovers" ->
                actual.get("result").stringValue().equals("committed")
                        && actual.get("files_after").toString().contains(digestHex(vector));
            default -> throw new IllegalArgumentException(rule);
        };
    }

    private static boolean isCanonical(String reference) {
        try {
            return ImageReference.parse(reference).toString().equals(reference);
        } catch (ReferenceException e) {
            return false;
        }
    }

    /**
     * What both grammars accept must agree. Where docker's grammar says something else, it is by one of its rules: the
     * first word is no host, a missing tag is latest, a digest beats a tag; the rest is refused.
     */
    private static boolean dockerGrammar(Vector vector, Outcome outcome) {
        if (!vector.area().equals("ref_ctr")) {
            return refusedOrCompleted(vector, outcome);
        }
        if (outcome.failed()) {
            return true;
        }
        JsonNode expect = vector.expect();
        JsonNode actual = outcome.actual();
        String domain = actual.get("hostname").stringValue();
        boolean sameHost = domain.equals(Outcome.text(expect, "hostname", ""));
        if (!sameHost) {
            return domain.equals("docker.io");
        }
        boolean sameRepository = actual.get("repository").equals(expect.get("repository"));
        String expectedDigest = Outcome.text(expect, "digest", "");
        String actualDigest = actual.get("digest").stringValue();
        String expectedTag = Outcome.text(expect, "tag", "");
        boolean sameObject = !expectedDigest.isEmpty()
                ? actualDigest.equals(expectedDigest)
                : actual.get("tag").stringValue().equals(expectedTag.isEmpty() ? "latest" : expectedTag);
        return sameRepository && sameObject;
    }

    /**
     * In the other areas a reference that docker's grammar refuses leads to an error before any request; one that it
     * completes is one that containerd refuses.
     */
    private static boolean refusedOrCompleted(Vector vector, Outcome outcome) {
        JsonNode expect = vector.expect();
        try {
            ImageReference image =
                    ImageReference.parse(vector.input().get("ref").stringValue());
            if (vector.area().equals("token_scope")) {
                return outcome.actual().get("scopes").toString().contains("repository:" + image.path() + ":pull");
            }
            return expect.has("error") && expect.path("requests").isEmpty();
        } catch (ReferenceException e) {
            return outcome.failed() && outcome.actual().path("requests").isEmpty();
        }
    }

    private static boolean emptyPathNamesNoFile(Vector vector, Outcome outcome) {
        String directory = vector.input().get("dir").stringValue();
        for (JsonNode host : outcome.actual().get("hosts")) {
            for (String ca : Outcome.texts(host.get("ca"))) {
                if (ca.equals(directory)) {
                    return false;
                }
            }
            for (JsonNode pair : host.path("client")) {
                if (pair.get(0).stringValue().equals(directory)
                        || pair.get(1).stringValue().equals(directory)) {
                    return false;
                }
            }
        }
        return outcome.actual().get("hosts").size()
                == vector.expect().get("hosts").size();
    }

    /** Docker Hub is listed once: neither twice, nor not at all. */
    private static boolean hubOnce(JsonNode expect, JsonNode actual) {
        List<String> found = elements(actual);
        List<String> once = new ArrayList<>(new LinkedHashSet<>(elements(expect)));
        long hub = found.stream()
                .filter(endpoint -> endpoint.contains("registry-1.docker.io"))
                .count();
        return hub == 1 && found.containsAll(once) && found.size() <= once.size() + 1;
    }

    private static boolean eachHostOnce(JsonNode expect, JsonNode actual) {
        for (String field : actual.propertyNames()) {
            List<String> once = new ArrayList<>(new LinkedHashSet<>(elements(expect.get(field))));
            if (!field.equals("requests") && !elements(actual.get(field)).equals(once)) {
                return false;
            }
        }
        return true;
    }

    /** All that containerd sees is there in its order, and more. */
    private static boolean writtenHostsCount(JsonNode expect, JsonNode actual) {
        boolean more = false;
        for (String field : actual.propertyNames()) {
            List<String> expected = elements(expect.get(field));
            List<String> found = elements(actual.get(field));
            List<String> common = new ArrayList<>(found);
            common.retainAll(expected);
            if (!common.equals(expected)) {
                return false;
            }
            more |= found.size() > expected.size();
        }
        return more;
    }

    private static boolean rootFieldsHonoured(Vector vector, JsonNode endpoint) {
        String toml = vector.input().get("hosts_toml").stringValue();
        if (toml.contains("override_path = true")
                && !endpoint.get("path").stringValue().isEmpty()) {
            return false;
        }
        for (String capability : List.of("pull", "resolve", "push", "referrers")) {
            boolean has = Outcome.texts(endpoint.get("capabilities")).contains(capability);
            if (toml.contains("capabilities") && has != toml.contains("\"" + capability + "\"")) {
                return false;
            }
        }
        return true;
    }

    /** containerd stops at a host; jpull asks the next one, and fails only when there is none. */
    private static boolean nextHost(Vector vector, Outcome outcome) {
        List<String> expected = Comparison.hosts(vector.expect().get("requests"));
        List<String> contacted = Comparison.hosts(outcome.actual().get("requests"));
        Set<String> configured = configured(vector);
        boolean allAsked = new HashSet<>(contacted).containsAll(configured);
        boolean inOrder = contacted.size() >= expected.size()
                && contacted.subList(0, expected.size()).equals(expected);
        return inOrder && (allAsked || !outcome.failed());
    }

    private static boolean capabilitiesBind(Vector vector, JsonNode actual) {
        if (vector.area().equals("candidate_urls")) {
            Set<String> resolved = new HashSet<>(elements(actual.get("fetch_blob")));
            return elements(vector.expect().get("fetch_blob")).containsAll(resolved)
                    && resolved.size() < vector.expect().get("fetch_blob").size();
        }
        Set<String> allowed = new HashSet<>();
        for (JsonNode host : vector.input().get("hosts")) {
            if (Outcome.texts(host.get("capabilities")).contains("pull")) {
                allowed.add(origin(host));
            }
        }
        return allowed.containsAll(Comparison.hosts(actual.get("requests")));
    }

    private static boolean onlyConfiguredHosts(Vector vector, JsonNode actual) {
        return configured(vector).containsAll(Comparison.hosts(actual.get("requests")));
    }

    /** What arrived is the content that the script has, from the offset on. */
    private static boolean rightBytes(Vector vector, JsonNode actual) {
        int size = vector.input().path("desc").path("size").asInt(0);
        int offset = vector.input().path("offset").asInt(0);
        String body = actual.path("body").asString("");
        String hash = actual.path("body_sha256").asString("");
        for (JsonNode response : vector.input().get("responses")) {
            String content = content(response);
            if (content.length() == size) {
                String rest = content.substring(offset);
                return rest.equals(body)
                        || Digest.sha256(rest.getBytes(StandardCharsets.UTF_8))
                                .toString()
                                .equals(hash);
            }
        }
        return body.equals("hello".substring(Math.min(offset, 5))); // what the coded bodies decode to
    }

    private static boolean noRangeOnManifests(JsonNode actual) {
        for (JsonNode request : actual.get("requests")) {
            if (request.get("url").stringValue().contains("/manifests/") && request.has("range")) {
                return false;
            }
        }
        return true;
    }

    private static String content(JsonNode response) {
        int length = response.path("body_pattern_len").asInt(0);
        StringBuilder pattern = new StringBuilder(Outcome.text(response, "body", ""));
        for (int i = 0; i < length; i++) {
            pattern.append((char) ('a' + i % 26));
        }
        return pattern.toString();
    }

    private static boolean firstOfAPlatform(Vector vector, Outcome outcome) {
        List<String> expected = Outcome.texts(vector.expect().get("fetched"));
        List<String> fetched = Outcome.texts(outcome.actual().get("fetched"));
        return !outcome.failed()
                && !fetched.isEmpty()
                && expected.containsAll(fetched)
                && fetched.size() < expected.size();
    }

    private static Set<String> configured(Vector vector) {
        Set<String> configured = new HashSet<>();
        for (JsonNode host : vector.input().get("hosts")) {
            configured.add(origin(host));
        }
        return configured;
    }

    private static String origin(JsonNode host) {
        return host.get("scheme").stringValue() + "://" + host.get("host").stringValue();
    }

    private static int requests(Outcome outcome) {
        return outcome.actual().path("requests").size();
    }

    private static String digestHex(Vector vector) {
        String digest = vector.input().get("descriptor").get("digest").stringValue();
        return digest.substring(digest.indexOf(':') + 1);
    }

    private static List<String> withoutFirst(JsonNode array) {
        List<String> all = Outcome.texts(array);
        return all.subList(1, all.size());
    }

    private static boolean containsAll(JsonNode actual, JsonNode expected) {
        return elements(actual).containsAll(elements(expected));
    }

    /** The elements as texts, with their members in one order. */
    private static List<String> elements(JsonNode array) {
        List<String> elements = new ArrayList<>();
        if (array != null) {
            for (JsonNode element : array) {
                elements.add(element.isObject() ? sorted(element).toString() : element.asString());
            }
        }
        return elements;
    }

    private static Map<String, String> sorted(JsonNode object) {
        Map<String, String> members = new TreeMap<>();
        object.properties()
                .forEach(
                        member -> members.put(member.getKey(), member.getValue().toString()));
        return new LinkedHashMap<>(members);
    }
}
