// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.secret.Secret;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of one endpoint: answers challenges and follows redirects, as far as the policy of the host allows.
 * Headers and credentials go to the origin of the host and to no other (docs/containerd.md section 14.4). Safe for use by
 * several threads.
 */
final class EndpointRequests {
    private static final int MAX_REDIRECTS = 10;
    private static final int MAX_CHALLENGES = 2;

    private final HostTransport transport;
    private final OutboundPolicy policy;
    private final Authorizer authorizer;
    private final SecretMask mask;

    EndpointRequests(HostTransport transport, OutboundPolicy policy, Authorizer authorizer, SecretMask mask) {
        this.transport = transport;
        this.policy = policy;
        this.authorizer = authorizer;
        this.mask = mask;
    }

    /** Sends a request to the host. The response may have any status; the caller closes it. */
    HttpResponse send(RegistryCall call, Exchange exchange) throws IOException {
        HttpUrl url = transport.effective(call.url());
        return follow(call, url, transport.isOwnOrigin(url), exchange);
    }

    /** Sends a request to one of the {@code urls} of a descriptor, without headers and credentials of the host. */
    HttpResponse sendForeign(RegistryCall call, String location, Exchange exchange) throws IOException {
        return follow(call, policy.foreign(location), false, exchange);
    }

    /** Sends a request to the host once: without credentials, and without following redirects. */
    HttpResponse sendPlain(RegistryCall call, Exchange exchange) throws IOException {
        Request request = transport.headers().request(call, transport.effective(call.url()), true, null);
        return transport.sendToHost(request, exchange).after(List.of(), true);
    }

    private HttpResponse follow(RegistryCall call, HttpUrl start, boolean startsAtHost, Exchange exchange)
            throws IOException {
        HttpUrl url = start;
        boolean own = startsAtHost;
        List<String> hops = new ArrayList<>();
        int challenges = 0;
        while (true) {
            Secret authorization = own ? authorizer.authorization(call.repository(), exchange) : null;
            Request request = transport.headers().request(call, url, own, authorization);
            HttpResponse response =
                    own ? transport.sendToHost(request, exchange) : transport.sendToOther(request, exchange);
            if (authorization != null && response.status() < 400) {
                authorizer.accepted(call.repository(), authorization);
            }
            url = response.url();
            String location = response.header("Location");
            if (isRedirect(response.status()) && location != null) {
                response.close();
                if (hops.size() == MAX_REDIRECTS) {
                    throw new RedirectException("redirected more than " + MAX_REDIRECTS + " times");
                }
                url = policy.redirect(url, location);
                // Once redirected to another origin, stay unauthenticated even if a later redirect points back.
                own = own && transport.isOwnOrigin(url);
                for (int i = 0; i < url.querySize(); i++) {
                    mask.addSignature(url.queryParameterValue(i));
                }
                hops.add(mask.mask(Redaction.of(url)));
            } else if (response.status() == 401 && own && challenges++ < MAX_CHALLENGES) {
                if (!canAnswer(response, call.repository(), authorization, exchange)) {
                    return response.after(hops, own);
                }
                response.close();
            } else if (response.status() == 403
                    && own
                    && challenges++ < MAX_CHALLENGES
                    && authorizer.answerForbidden(call.repository(), authorization, exchange)) {
                response.close();
            } else {
                return response.after(hops, own);
            }
        }
    }

    private boolean canAnswer(HttpResponse response, String repository, @Nullable Secret used, Exchange exchange)
            throws IOException {
        try {
            List<Challenge> challenges = Challenge.parse(response.headers("WWW-Authenticate"));
            return authorizer.answer(challenges, repository, used, response.url(), exchange);
        } catch (IOException | RuntimeException e) {
            response.close();
            throw e;
        }
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }
}
