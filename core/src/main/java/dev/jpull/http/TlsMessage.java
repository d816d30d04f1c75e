// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a provider of TLS says of a failure, in the words of the TLS of Java, whichever provider it was. */
final class TlsMessage {
    /** What the TLS of Java and Conscrypt say of a first record that is none. */
    private static final List<String> NOT_TLS =
            List.of("Unsupported or unrecognized SSL message", "Unable to parse TLS packet header");

    /** The reason in an error of BoringSSL, which also has addresses in memory and lines of its source. */
    private static final Pattern BORINGSSL =
            Pattern.compile("OPENSSL_internal:(?:(?:SSLV3|TLSV1)_ALERT_)?([A-Z0-9_]+)");

    /** The alert that the TLS of newer versions of Java sends, which stands before the reason. */
    private static final Pattern OWN_ALERT = Pattern.compile("^\\([a-z0-9_]+\\) ");

    private static final String FATAL = "Received fatal alert: ";
    private static final String ALERT = "_ALERT_";

    private TlsMessage() {}

    /** Whether the first record of the host was none of TLS. */
    static boolean isOfNoTls(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return NOT_TLS.stream().anyMatch(message::contains);
    }

    /** Whether one of the two sides ended a handshake for another reason than a certificate. */
    static boolean isDisagreement(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        String reason = of(failure);
        return (reason.contains(FATAL) || BORINGSSL.matcher(message).find())
                && !reason.contains("certificate")
                && !reason.contains("unknown_ca");
    }

    /** Whether the host ended a handshake for a reason of its own, which may be gone in a moment. */
    static boolean isOfTrouble(IOException failure) {
        return of(failure).contains("internal_error");
    }

    /** The message of a failure. */
    static String of(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        Matcher boringssl = BORINGSSL.matcher(message);
        if (!boringssl.find()) {
            return OWN_ALERT.matcher(message).replaceFirst("");
        }
        String reason = boringssl.group(1).toLowerCase(Locale.ROOT);
        return boringssl.group().contains(ALERT) ? FATAL + reason : reason.replace('_', ' ');
    }
}
