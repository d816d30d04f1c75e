// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Says in words what broke a connection. */
public final class TransportFailure {
    private static final String NOT_TLS = "Unsupported or unrecognized SSL message";

    private TransportFailure() {}

    /** The failure as a sentence part, with a remedy where there is one. */
    public static String describe(IOException failure) {
        if (failure instanceof UnknownHostException) {
            return "the host name is not known";
        }
        if (failure instanceof SSLPeerUnverifiedException) {
            return "the certificate is for another host name";
        }
        if (failure instanceof SSLException) {
            return describeTls(failure);
        }
        if (failure instanceof NoRouteToHostException) {
            return "no route to the host";
        }
        String message = String.valueOf(failure.getMessage());
        if (isRefused(failure)) {
            return "connection refused";
        }
        if (failure instanceof SocketTimeoutException) {
            return message.contains("onnect") ? "connecting timed out" : "no answer in time";
        }
        if (failure instanceof EOFException || message.contains("unexpected end of stream")) {
            return "the connection ended too early";
        }
        if (failure instanceof ConnectException) {
            return "no connection could be made";
        }
        if (failure instanceof SocketException) {
            return "the connection broke: " + message;
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : Redaction.ofServerText(message);
    }

    /** Whether the host did not even accept a connection, so that asking it again soon is no use. */
    public static boolean isUnreachable(IOException failure) {
        return failure instanceof UnknownHostException
                || failure instanceof NoRouteToHostException
                || failure instanceof ConnectException
                || failure instanceof SocketTimeoutException
                        && String.valueOf(failure.getMessage()).contains("onnect");
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
    static boolean isNotTls(IOException failure) {
        return failure instanceof SSLException
                && String.valueOf(failure.getMessage()).contains(NOT_TLS);
    }

    private static String describeTls(IOException failure) {
        if (isNotTls(failure)) {
            return "the host does not speak TLS: if it is meant to be plain HTTP, write http:// in hosts.toml or use --plain-http";
        }
        if (hasCause(failure, CertificateExpiredException.class) != null) {
            return "the certificate has expired";
        }
        if (hasCause(failure, CertPathBuilderException.class) != null) {
            return "the certificate is signed by an unknown authority: name its CA file with ca in hosts.toml or --tlscacert";
        }
        String message = String.valueOf(failure.getMessage());
        if (message.contains("bad_certificate") || message.contains("certificate_required")) {
            return "the host wants a client certificate: name it with client in hosts.toml or --tlscert and --tlskey";
        }
        return "TLS failed: " + Redaction.ofServerText(message);
    }

    private static <T extends Throwable> @Nullable T hasCause(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
