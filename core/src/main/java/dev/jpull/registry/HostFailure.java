// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import dev.jpull.error.Remedy;
import dev.jpull.http.AuthenticationException;
import dev.jpull.http.ContentCoding;
import dev.jpull.http.CredentialUse;
import dev.jpull.http.HttpEndpoint;
import dev.jpull.http.OverdueException;
import dev.jpull.http.RedirectException;
import dev.jpull.http.TransportFailure;
import dev.jpull.http.UnreadableResponseException;
import dev.jpull.text.ForeignText;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** A request to a host failed. */
public final class HostFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureClass failureClass;
    private final int status;
    private final String url;
    private final @Nullable Duration retryAfter;
    private final String remedy;

    /** Remedies that neither the class nor the cause of the failure tells. */
    private final ArrayList<Remedy> more;

    HostFailure(
            FailureClass failureClass,
            int status,
            String url,
            String reason,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        this(failureClass, status, url, reason, retryAfter, cause, "", List.of());
    }

    private HostFailure(
            FailureClass failureClass,
            int status,
            String url,
            String reason,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause,
            String remedy,
            List<Remedy> more) {
        super(ForeignText.message(reason), cause);
        this.failureClass = failureClass;
        this.status = status;
        this.url = url;
        this.retryAfter = retryAfter;
        this.remedy = remedy;
        this.more = new ArrayList<>(more);
    }

    /** The host answered with something that is not what was asked for. */
    public static HostFailure malformed(String url, int status, String reason) {
        return new HostFailure(FailureClass.MALFORMED, status, url, reason, null, null);
    }

    /** The host sends too little, and breaks nothing off. */
    public static HostFailure slow(String url, int status, String reason) {
        return new HostFailure(FailureClass.SLOW, status, url, reason, null, null);
    }

    /** The connection could not be made, or broke. */
    public static HostFailure of(IOException failure, String url) {
        if (failure instanceof AuthenticationException refused) {
            // A token server that is throttled or fails is no refusal.
            boolean trouble = refused.status() == 408 || refused.status() == 429 || refused.status() >= 500;
            FailureClass authentication = trouble ? FailureClass.ofStatus(refused.status()) : FailureClass.DENIED;
            return new HostFailure(
                    authentication, refused.status(), url, TransportFailure.describe(failure), null, failure);
        }
        FailureClass failureClass = TransportFailure.isUnreachable(failure)
                ? FailureClass.UNREACHABLE
                : isMalformed(failure) ? FailureClass.MALFORMED : FailureClass.TRANSPORT;
        String reason = failure instanceof BlobStream.TrickleException
                ? String.valueOf(failure.getMessage())
                : TransportFailure.describe(failure);
        return new HostFailure(failureClass, 0, url, reason, null, failure);
    }

    /** The same failure as an answer that the host does not have what was asked for. */
    HostFailure notFound() {
        return new HostFailure(FailureClass.NOT_FOUND, status, url, reason(), retryAfter, getCause(), remedy, more);
    }

    /** The same failure with further reasons and their remedies. */
    HostFailure because(String reasons, Collection<Remedy> remedies) {
        return new HostFailure(
                failureClass,
                status,
                url,
                reason() + "; " + reasons,
                retryAfter,
                getCause(),
                remedy,
                Stream.concat(more.stream(), remedies.stream()).toList());
    }

    /** The same failure, and for a denial what became of the credentials for the host. */
    HostFailure explained(HttpEndpoint endpoint) {
        if (failureClass != FailureClass.DENIED) {
            return this;
        }
        CredentialUse use = endpoint.credentialUse();
        List<Remedy> remedies = new ArrayList<>(more);
        remedies.add(Remedy.LOG_IN);
        return new HostFailure(
                failureClass,
                status,
                url,
                reason() + "; " + use.text(),
                retryAfter,
                getCause(),
                use.remedy(),
                remedies);
    }

    /** The same failure, and for a denial that the target of a redirect denies access, which gets no credentials. */
    HostFailure ofAnotherOrigin(String origin) {
        if (failureClass != FailureClass.DENIED) {
            return this;
        }
        return new HostFailure(
                failureClass,
                status,
                url,
                "it redirects to " + origin + ", which denies access: " + reason()
                        + "; no credentials are sent to the target of a redirect",
                retryAfter,
                getCause(),
                "see why " + origin + " denies what the host redirects to",
                more);
    }

    private static boolean isMalformed(IOException failure) {
        return failure instanceof RedirectException
                || failure instanceof UnreadableResponseException
                || failure instanceof ContentCoding.UnsupportedException
                || failure instanceof ZipException;
    }

    /** Whether the host has refused a handshake, or does not speak TLS. */
    boolean isRefusalOfTls() {
        return getCause() instanceof IOException cause && TransportFailure.isRefusalOfTls(cause);
    }

    /** The kind of failure. */
    public FailureClass failureClass() {
        return failureClass;
    }

    /** The HTTP status, or 0. */
    public int status() {
        return status;
    }

    /** Why the request failed. */
    public String reason() {
        return String.valueOf(getMessage());
    }

    /** What to do about it; empty when that depends on what was wanted. */
    public String remedy() {
        return remedy;
    }

    /** What to do about it, for programs. */
    public List<Remedy> remedies() {
        List<Remedy> remedies = new ArrayList<>(more);
        if (getCause() instanceof IOException broken) {
            remedies.addAll(TransportFailure.remedies(broken));
        }
        return remedies;
    }

    /** The value of Retry-After, or null without one. */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    /** Whether the time for the whole answer was up. */
    boolean isOverdue() {
        return getCause() instanceof OverdueException;
    }

    /** Whether the host let the time for an answer pass, in silence or with too little. */
    boolean isSilence() {
        return isOverdue() || failureClass == FailureClass.TRANSPORT && getCause() instanceof SocketTimeoutException;
    }

    /** Whether the pull was cancelled, so that no other host is asked. */
    boolean isCancellation() {
        return getCause() instanceof InterruptedIOException && !(getCause() instanceof SocketTimeoutException);
    }

    /** The failure as an attempt for messages and results: without the secrets that the host may have repeated. */
    public Attempt toAttempt(RegistryEndpoint endpoint, Phase phase, Duration elapsed) {
        SecretMask mask = endpoint.mask();
        return new Attempt(
                endpoint.origin(),
                mask.mask(url),
                phase.label(),
                failureClass.kind(),
                status,
                mask.mask(reason()),
                elapsed);
    }
}
