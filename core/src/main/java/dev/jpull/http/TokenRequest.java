// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import okhttp3.Credentials;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request to a token server (distribution's token specifications; docs/containerd.md section 8.3).
 *
 * @param realm the token server
 * @param service the registry, as the challenge names it; empty when it does not
 * @param scopes the token scopes that are requested
 * @param credential what authenticates the request; null for an anonymous one
 * @param offline whether an identity token is requested as well
 */
record TokenRequest(
        HttpUrl realm,
        String service,
        SortedSet<String> scopes,
        @Nullable Credential credential,
        boolean offline) {
    private static final String CLIENT_ID = "jpull";

    /**
     * The scopes of a request: that of the repository and those of the challenge, the actions on one resource in one scope.
     *
     * @param asked what the challenge asks for, separated by blanks
     */
    static SortedSet<String> scopes(String repository, String asked) {
        SortedMap<String, SortedSet<String>> actions = new TreeMap<>();
        SortedSet<String> scopes = new TreeSet<>();
        for (String scope : ("repository:" + repository + ":pull " + asked).split(" ")) {
            int colon = scope.lastIndexOf(':');
            if (colon > 0 && scope.indexOf(':') < colon) {
                actions.computeIfAbsent(scope.substring(0, colon), unseen -> new TreeSet<>())
                        .addAll(List.of(scope.substring(colon + 1).split(",")));
            } else if (!scope.isEmpty()) {
                scopes.add(scope);
            }
        }
        actions.forEach((resource, wanted) -> scopes.add(resource + ":" + String.join(",", wanted)));
        return scopes;
    }

    /** Whether the request is authenticated. */
    boolean hasSecret() {
        return credential != null && !credential.secret().isEmpty();
    }

    /** The older form: the parameters in the URL, the credential in a header. */
    Request.Builder get() {
        HttpUrl.Builder url = realm.newBuilder().query(null);
        List<String[]> parameters = new ArrayList<>();
        for (int i = 0; i < realm.querySize(); i++) {
            String value = realm.queryParameterValue(i);
            parameters.add(new String[] {realm.queryParameterName(i), value == null ? "" : value});
        }
        if (offline) {
            parameters.add(new String[] {"offline_token", "true"});
        }
        scopes.forEach(scope -> parameters.add(new String[] {"scope", scope}));
        if (!service.isEmpty()) {
            parameters.add(new String[] {"service", service});
        }
        parameters.sort(Comparator.comparing(parameter -> parameter[0]));
        parameters.forEach(parameter -> url.addQueryParameter(parameter[0], parameter[1]));
        Request.Builder request = new Request.Builder().url(url.build());
        if (credential != null && hasSecret()) {
            request.header(
                    "Authorization",
                    Credentials.basic(credential.username(), credential.secret().reveal()));
        }
        return request;
    }

    /** The form of OAuth2: parameters and credential in the body. */
    Request.Builder post() {
        FormBody.Builder form = new FormBody.Builder();
        if (credential != null && credential.isIdentityToken()) {
            form.add("grant_type", "refresh_token")
                    .add("refresh_token", credential.secret().reveal());
        } else if (credential != null) {
            form.add("grant_type", "password")
                    .add("username", credential.username())
                    .add("password", credential.secret().reveal());
        }
        form.add("service", service).add("client_id", CLIENT_ID);
        if (!scopes.isEmpty()) {
            form.add("scope", String.join(" ", scopes));
        }
        if (offline) {
            form.add("access_type", "offline");
        }
        return new Request.Builder().url(realm).post(form.build());
    }
}
