// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;
import dev.jpull.testdata.Vector;
import dev.jpull.vectors.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.Request;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Cases about what token servers are asked. */
public final class TokenVectors {
    private TokenVectors() {}

    public static Outcome request(Vector vector) {
        JsonNode input = vector.input();
        HttpUrl realm = HttpUrl.parse(input.get("realm").stringValue());
        if (realm == null) {
            return Outcome.error();
        }
        TokenRequest asked = new TokenRequest(
                realm,
                input.get("service").stringValue(),
                new TreeSet<>(Outcome.texts(input.get("scopes"))),
                new Credential(
                        input.get("username").stringValue(), input.get("secret").stringValue()),
                Outcome.flag(input, "fetch_refresh_token"));
        boolean post = asked.hasSecret() && !Outcome.text(input, "mode", "").equals("get");
        Request request = (post ? asked.post() : asked.get()).build();
        ObjectNode actual = Outcome.object()
                .put("method", request.method())
                .put("url", request.url().toString());
        if (request.header("Authorization") != null) {
            actual.put("authorization", request.header("Authorization"));
        }
        if (request.body() instanceof FormBody form) {
            actual.set("form", form(form));
        }
        return Outcome.of(actual);
    }

    /** The fields of a form. */
    public static ObjectNode form(FormBody form) {
        ObjectNode fields = Outcome.object();
        for (int i = 0; i < form.size(); i++) {
            fields.put(form.name(i), form.value(i));
        }
        return fields;
    }

    public static Outcome scopes(Vector vector) {
        JsonNode input = vector.input();
        try {
            ImageReference image = ImageReference.parse(input.get("ref").stringValue());
            List<String> asked = new ArrayList<>();
            if (input.get("extra") != null) {
                asked.addAll(Outcome.texts(input.get("extra")));
            }
            asked.add(Outcome.text(input, "challenge_scope", ""));
            return Outcome.of(Outcome.object()
                    .set(
                            "scopes",
                            Outcome.array(
                                    new ArrayList<>(TokenRequest.scopes(image.path(), String.join(" ", asked))))));
        } catch (ReferenceException e) {
            return Outcome.error();
        }
    }
}
