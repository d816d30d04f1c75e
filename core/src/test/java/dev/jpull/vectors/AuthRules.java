// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import dev.jpull.testdata.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules about which hosts get credentials. */
final class AuthRules {
    private AuthRules() {}

    /** The same resources with the same actions, each resource once. */
    static boolean scopesMerged(JsonNode expect, JsonNode actual) {
        return actions(actual.get("scopes")).equals(actions(expect.get("scopes")))
                && actions(actual.get("scopes")).size() == actual.get("scopes").size();
    }

    private static SortedMap<String, Set<String>> actions(JsonNode scopes) {
        SortedMap<String, Set<String>> actions = new TreeMap<>();
        for (String scope : Outcome.texts(scopes)) {
            int colon = scope.lastIndexOf(':');
            actions.computeIfAbsent(scope.substring(0, colon), unseen -> new TreeSet<>())
                    .addAll(List.of(scope.substring(colon + 1).split(",")));
        }
        return actions;
    }

    /**
     * No credential and no configured header goes to a host that is not configured, but for the trusted token server; and
     * the outcome is that of containerd, or a refusal.
     */
    static boolean credentialsStayHome(Vector vector, JsonNode actual) {
        for (JsonNode request : actual.get("requests")) {
            String url = request.get("url").stringValue();
            boolean home = url.startsWith("https://auth.example/");
            for (JsonNode host : vector.input().get("hosts")) {
                home |= url.startsWith(host.get("scheme").stringValue() + "://"
                        + host.get("host").stringValue() + "/");
            }
            if (!home && (request.has("authorization") || request.has("form"))) {
                return false;
            }
        }
        return actual.has("error")
                || actual.get("descriptor").equals(vector.expect().get("descriptor"));
    }

    /** After all that containerd asks, the same hosts are asked again, and no other; in the end they give the image. */
    static boolean askedAgainLater(JsonNode expect, Outcome outcome) {
        List<String> expected = Comparison.hosts(expect.get("requests"));
        List<String> asked = Comparison.hosts(outcome.actual().get("requests"));
        return !outcome.failed()
                && asked.size() > expected.size()
                && asked.subList(0, expected.size()).equals(expected)
                && expected.containsAll(asked);
    }

    static List<JsonNode> withAuthorization(JsonNode actual) {
        List<JsonNode> sent = new ArrayList<>();
        for (JsonNode request : actual.get("requests")) {
            if (request.has("authorization")) {
                sent.add(request);
            }
        }
        return sent;
    }

    /** The same request but for the name of the client. */
    static boolean ownClientId(JsonNode expect, JsonNode actual) {
        JsonNode form = actual.path("form");
        if (!form.path("client_id").asString("").equals("jpull")) {
            return false;
        }
        ObjectNode same = (ObjectNode) form.deepCopy();
        same.put("client_id", "containerd-client");
        return same.equals(expect.get("form"))
                && actual.get("method").equals(expect.get("method"))
                && actual.get("url").equals(expect.get("url"));
    }
}
