// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.Remedy;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * What broke a connection.
 *
 * @param text a sentence part that says so
 * @param remedy what to do about it
 */
public record TransportFailure(String text, String remedy) {
    private static final String ALLOW_PLAIN_HTTP =
            "if it is meant to be plain HTTP, allow that in the registry configuration (http:// in hosts.toml)";

    /** What broke a connection, and what to do about it. */
    public static TransportFailure of(IOException failure) {
        if (failure instanceof UnknownHostException) {
            return new TransportFailure(
                    "the host name is not known", "correct the name, or make it known to the DNS or to /etc/hosts");
        }
        if (failure instanceof SSLPeerUnverifiedException) {
            return new TransportFailure(
                    "the certificate is for another host name",
                    "ask for the host by a name that its certificate has, or give it a certificate for this one");
        }
        if (failure instanceof SSLException) {
            return ofTls(failure);
        }
        if (failure instanceof NoRouteToHostException) {
            return new TransportFailure("no route to the host", "correct the address, the routes or the firewall");
        }
        String message = String.valueOf(failure.getMessage());
        if (isRefused(failure)) {
            return new TransportFailure(
                    "connection refused", "start the registry, or correct the port: nothing listens there");
        }
        if (failure instanceof OverdueException) {
            return new TransportFailure(message, "see why the host does not answer; its log may tell");
        }
        if (failure instanceof SocketTimeoutException) {
            return message.contains("onnect")
                    ? new TransportFailure(
                            "connecting timed out",
                            "correct the address or the firewall; with a lower dial_timeout, pulls try the next host sooner")
                    : new TransportFailure("no answer in time", "see why the host does not answer; its log may tell");
        }
        if (failure instanceof EOFException || message.contains("unexpected end of stream")) {
            return new TransportFailure(
                    "the connection ended too early", "see the log of the host, or of the proxy before it");
        }
        if (failure instanceof ConnectException) {
            return new TransportFailure("no connection could be made", "correct the address or the firewall");
        }
        if (failure instanceof SocketException) {
            return new TransportFailure(
                    "the connection broke: " + Redaction.ofServerText(message),
                    "see the log of the host, or of the proxy before it");
        }
        return new TransportFailure(
                failure.getMessage() == null ? failure.getClass().getSimpleName() : Redaction.ofServerText(message),
                "");
    }

    /** The failure as a sentence part, with the remedy where the configuration has one. */
    public static String describe(IOException failure) {
        TransportFailure broken = of(failure);
        boolean configured = failure instanceof SSLException && !(failure instanceof SSLPeerUnverifiedException);
        return broken.text + (configured && !broken.remedy.isEmpty() ? ": " + broken.remedy : "");
    }

    /** What to do about a failure, for programs. */
    public static List<Remedy> remedies(IOException failure) {
        if (failure instanceof AuthenticationException refused) {
            return refused.remedies();
        }
        if (failure instanceof RedirectException refused) {
            return refused.remedies();
        }
        if (isNotTls(failure) || failure instanceof EndedHandshakeException ended && ended.isLocal()) {
            return List.of(Remedy.PLAIN_HTTP);
        }
        if (isUnknownAuthority(failure)) {
            return List.of(Remedy.CA_FILE);
        }
        return isMissingClientCertificate(failure) ? List.of(Remedy.CLIENT_CERTIFICATE) : List.of();
    }

    /** Whether the host did not even accept a connection, so that another request soon is useless. */
    public static boolean isUnreachable(IOException failure) {
        return failure instanceof UnknownHostException
                || failure instanceof NoRouteToHostException
                || failure instanceof ConnectException
                || isDistrust(failure)
                || failure instanceof SocketTimeoutException
                        && String.valueOf(failure.getMessage()).contains("onnect");
    }

    /** Whether the certificate was the reason: it will be the same in a moment. */
    private static boolean isDistrust(IOException failure) {
        return failure instanceof SSLPeerUnverifiedException
                || failure instanceof SSLHandshakeException && hasCause(failure, CertificateException.class);
    }

    /**
     * Whether TLS, its version, its algorithms or the certificate of the client is the reason, as far as can be told: it will be the same in a moment, unless the
     * next connection leads to another server behind a load balancer.
     */
    public static boolean isRefusalOfTls(IOException failure) {
        return isNotTls(failure)
                || failure instanceof EndedHandshakeException
                || isMissingClientCertificate(failure)
                || isDisagreement(failure) && !TlsMessage.isOfTrouble(failure);
    }

    /** A failure of a connection whose handshake is complete, so that it is no sign of a host without TLS. */
    static IOException afterHandshake(IOException failure) {
        return isNotTls(failure)
                ? new SSLException("a record that is not of TLS came after the handshake", failure)
                : failure;
    }

    /**
     * Whether a handshake failed because the two sides have no version, algorithm or kind of key in common, as far as can be told:
     * not by a decision about a certificate, and not because the connection ended.
     */
    static boolean isDisagreement(IOException failure) {
        return failure instanceof SSLHandshakeException
                && TlsMessage.isDisagreement(failure)
                && !hasCause(failure, CertificateException.class);
    }

    /** Whether the host refused the connection; OkHttp wraps what the system said. */
    static boolean isRefused(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    && String.valueOf(cause.getMessage()).contains("onnection refused")) {
                return true;
            }
        }
        return false;
    }

    /** Whether the host answered in plain HTTP where TLS was spoken to it. */
    public static boolean isNotTls(IOException failure) {
        return failure instanceof SSLException && TlsMessage.isOfNoTls(failure);
    }

    private static TransportFailure ofTls(IOException failure) {
        if (isNotTls(failure)) {
            return new TransportFailure("the host does not speak TLS", ALLOW_PLAIN_HTTP);
        }
        if (hasCause(failure, CertificateExpiredException.class)) {
            return new TransportFailure("the certificate has expired", "renew the certificate of the host");
        }
        if (hasCause(failure, CertificateNotYetValidException.class)) {
            return new TransportFailure(
                    "the certificate is not valid yet", "correct the clock of this machine or of the host");
        }
        if (isUnknownAuthority(failure)) {
            return new TransportFailure(
                    "the certificate is signed by an unknown authority",
                    "name its CA file in the registry configuration (ca in hosts.toml)");
        }
        if (isMissingClientCertificate(failure)) {
            return new TransportFailure(
                    "the host requires a client certificate",
                    "name it in the registry configuration (client in hosts.toml)");
        }
        String remedy = failure instanceof EndedHandshakeException ended
                ? ended.isLocal() ? ALLOW_PLAIN_HTTP : "see the log of the host"
                : "";
        return new TransportFailure("TLS failed: " + Redaction.ofServerText(TlsMessage.of(failure)), remedy);
    }

    private static boolean isUnknownAuthority(IOException failure) {
        return failure instanceof SSLException
                && !hasCause(failure, CertificateExpiredException.class)
                && !hasCause(failure, CertificateNotYetValidException.class)
                && hasCause(failure, CertPathBuilderException.class);
    }

    private static boolean isMissingClientCertificate(IOException failure) {
        String message = TlsMessage.of(failure);
        return failure instanceof SSLException
                && (message.endsWith("bad_certificate") || message.contains("certificate_required"));
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
