// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.diagnose.ProbeStep.Outcome;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.Remedy;
import dev.jpull.http.Cancellation;
import dev.jpull.http.CertificateSummary;
import dev.jpull.http.ConnectionProbe;
import dev.jpull.http.HttpResponse;
import dev.jpull.http.OverdueException;
import dev.jpull.http.TransportFailure;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.ApiResponse;
import dev.jpull.registry.FailureClass;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.resolve.VerifiedDocument;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The steps of probing one endpoint. It sends credentials only with requests that a pull sends as well. */
final class EndpointProbe {
    private static final Duration SOON = Duration.ofDays(30);

    private final RegistryEndpoint endpoint;
    private final ImageReference image;
    private final Cancellation cancellation;
    private final List<ProbeStep> steps = new ArrayList<>();

    /** What a step observed. */
    private record Seen(Outcome outcome, String detail, String remedy, List<Remedy> remedies) {
        Seen(Outcome outcome, String detail, String remedy) {
            this(outcome, detail, remedy, List.of());
        }

        static Seen ok(String detail) {
            return new Seen(Outcome.OK, detail, "");
        }
    }

    /** A step; an exception from it is a failure of the endpoint. */
    @FunctionalInterface
    private interface Action {
        Seen run() throws IOException, HostFailure;
    }

    EndpointProbe(RegistryEndpoint endpoint, ImageReference image, Cancellation cancellation) {
        this.endpoint = endpoint;
        this.image = image;
        this.cancellation = cancellation;
    }

    ProbedEndpoint report() {
        return new ProbedEndpoint(endpoint.host(), steps);
    }

    void skip(String name, String why) {
        steps.add(new ProbeStep(name, Outcome.SKIPPED, why, "", List.of(), Duration.ZERO));
    }

    /** Connects, and requests the API root. Returns whether further steps can succeed. */
    boolean reach() {
        try (ConnectionProbe connection = endpoint.connectionProbe()) {
            Optional<String> proxy = connection.proxy();
            if (proxy.isPresent()) {
                skip("tcp", "the proxy " + proxy.get() + " makes the connection: see the next step");
            } else if (!connect(connection)) {
                return false;
            }
        } catch (IOException e) {
            return fail("tcp", e);
        }
        return step("api", this::api);
    }

    private boolean connect(ConnectionProbe connection) {
        List<InetAddress> addresses = new ArrayList<>();
        boolean reached = step("dns", () -> {
            addresses.addAll(connection.lookUp());
            return Seen.ok(addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", ")));
        });
        reached = reached
                && step("tcp", () -> {
                    InetSocketAddress address = connection.connect(addresses);
                    return Seen.ok(address.getAddress().getHostAddress() + " port " + address.getPort());
                });
        boolean secure = endpoint.host().scheme().equals("https");
        return reached && (!secure || step("tls", () -> tls(connection)));
    }

    private Seen tls(ConnectionProbe connection) throws IOException {
        try {
            ConnectionProbe.TlsSession session = connection.handshake();
            String detail = session.protocol() + ", " + session.cipher() + ", " + describe(session.chain());
            if (endpoint.host().tls().insecure()) {
                return new Seen(
                        Outcome.WARNING, detail + ", not checked", "name the CA with ca instead of skip_verify");
            }
            Instant expires = session.chain().get(0).expires();
            return expires.isBefore(Instant.now().plus(SOON))
                    ? new Seen(Outcome.WARNING, detail, "renew the certificate of the host soon")
                    : Seen.ok(detail);
        } catch (ConfigurationException e) {
            return new Seen(Outcome.FAILED, String.valueOf(e.getMessage()), "correct the file, or the path to it");
        } catch (IOException e) {
            if (endpoint.host().httpFallback() && TransportFailure.isNotTls(e)) {
                return new Seen(Outcome.WARNING, "the host does not speak TLS: plain HTTP is used instead", "");
            }
            if (endpoint.host().httpFallback() && e instanceof OverdueException) {
                return new Seen(
                        Outcome.WARNING,
                        "the host does not answer TLS: plain HTTP is used instead",
                        "write http:// without TLS settings to avoid the wait");
            }
            TransportFailure broken = TransportFailure.of(e);
            return new Seen(
                    Outcome.FAILED,
                    broken.text() + shown(connection, e),
                    broken.remedy(),
                    TransportFailure.remedies(e));
        }
    }

    /** The certificates of the host, when they were the reason. */
    private static String shown(ConnectionProbe connection, IOException failure) {
        if (TransportFailure.isNotTls(failure) || failure instanceof OverdueException) {
            return "";
        }
        try {
            return "; the host presents " + describe(connection.shownCertificates());
        } catch (IOException e) {
            return ""; // the host closed the connection before its certificates came
        }
    }

    private static String describe(List<CertificateSummary> chain) {
        if (chain.isEmpty()) {
            return "no certificate";
        }
        CertificateSummary own = chain.get(0);
        return own.subject() + " by " + own.issuer() + " until " + LocalDate.ofInstant(own.expires(), ZoneOffset.UTC)
                + (chain.size() > 1 ? ", " + (chain.size() - 1) + " more in its chain" : ", alone in its chain");
    }

    private Seen api() throws IOException {
        ApiResponse response = endpoint.getApi(cancellation);
        String detail = response.url() + " answers " + response.status();
        if (response.status() == 401) {
            return response.challenges().isEmpty()
                    ? new Seen(Outcome.FAILED, detail + " without a challenge", "see the log of the registry")
                    : Seen.ok(detail + ", and requires " + String.join(" or ", response.challenges()));
        }
        if (response.isPage()) {
            return new Seen(
                    Outcome.FAILED,
                    detail + " with an HTML page" + (response.said().isEmpty() ? "" : ": " + response.said()),
                    response.saysHttps()
                            ? "write https:// instead of http://"
                            : response.saysCertificate()
                                    ? "name a client certificate in the registry configuration (client in hosts.toml)"
                                    : "correct the path of the host; it may need override_path = true");
        }
        if (response.saysHttps()) {
            return new Seen(Outcome.FAILED, detail + ": " + response.said(), "write https:// instead of http://");
        }
        if (response.status() == 200) {
            return Seen.ok(detail);
        }
        return new Seen(
                Outcome.WARNING,
                detail + (response.said().isEmpty() ? "" : ": " + response.said()),
                "a registry answers 200 or 401 here; some mirrors do not");
    }

    /** The manifest or index of the tag. */
    @Nullable
    VerifiedDocument tag() {
        return document("tag", image);
    }

    /** A manifest or index by its digest. */
    @Nullable
    VerifiedDocument digest(Digest digest) {
        return document("digest", image.withDigest(digest));
    }

    private @Nullable VerifiedDocument document(String name, ImageReference wanted) {
        AtomicReference<VerifiedDocument> found = new AtomicReference<>();
        step(name, () -> {
            List<String> redirects = new ArrayList<>();
            VerifiedDocument document = VerifiedDocument.get(
                    endpoint, wanted, cancellation, response -> redirects.addAll(response.redirects()));
            found.set(document);
            Descriptor root = document.descriptor();
            return Seen.ok(root.digest() + ", " + root.mediaType() + ", " + root.size() + " bytes" + by(redirects));
        });
        return found.get();
    }

    /** One byte of a blob, to test whether an interrupted download can resume, and which origin serves the blob. */
    void blob(Descriptor blob) {
        step("blob", () -> {
            try (HttpResponse response =
                    endpoint.getBlob(image, blob.digest(), blob.mediaType(), "bytes=0-0", cancellation)) {
                String wanted = "bytes 0-0/" + blob.size();
                String where = by(response.redirects());
                if (response.status() == 206 && wanted.equals(response.header("Content-Range"))) {
                    return Seen.ok("a range of " + blob.digest() + " comes as requested" + where);
                }
                String detail = response.status() == 206
                        ? "the answer to a range is " + response.shown(String.valueOf(response.header("Content-Range")))
                                + " instead of " + wanted
                        : "a range is answered with the whole blob";
                return new Seen(
                        Outcome.WARNING,
                        detail + where,
                        "interrupted downloads begin again here; see whether a proxy before the registry drops ranges");
            }
        });
    }

    private static String by(List<String> redirects) {
        return redirects.isEmpty() ? "" : ", from " + String.join(", then ", redirects);
    }

    private boolean step(String name, Action action) {
        long start = System.nanoTime();
        Seen seen;
        try {
            seen = action.run();
        } catch (IOException e) {
            TransportFailure broken = TransportFailure.of(e);
            seen = new Seen(Outcome.FAILED, broken.text(), broken.remedy(), TransportFailure.remedies(e));
        } catch (HostFailure e) {
            seen = new Seen(Outcome.FAILED, e.reason(), remedy(e), e.remedies());
        }
        SecretMask mask = endpoint.mask();
        steps.add(new ProbeStep(
                name,
                seen.outcome(),
                mask.mask(seen.detail()),
                mask.mask(seen.remedy()),
                seen.remedies(),
                Duration.ofNanos(System.nanoTime() - start)));
        return seen.outcome() != Outcome.FAILED;
    }

    private boolean fail(String name, IOException e) {
        return step(name, () -> {
            throw e;
        });
    }

    private String remedy(HostFailure failure) {
        if (failure.getCause() instanceof IOException cause && failure.failureClass() != FailureClass.DENIED) {
            return TransportFailure.of(cause).remedy();
        }
        return switch (failure.failureClass()) {
            case DENIED -> failure.remedy();
            case NOT_FOUND -> "correct the name or the tag; for a mirror, see whether it serves " + image.domain();
            case THROTTLED -> "wait, or log in to be allowed more";
            case SERVER_ERROR -> "see the logs of the registry and of the proxies before it";
            case MALFORMED, REJECTED -> "correct the path of the host, and check that it is a registry";
            case UNREACHABLE, TRANSPORT, SLOW -> "see the log of the registry";
        };
    }
}
