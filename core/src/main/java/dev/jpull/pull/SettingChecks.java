// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.store.ImageStore;
import dev.jpull.text.ForeignText;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What can be known of the settings of a builder before the first call: each failure names the setting. Files are looked at, and not
 * read: they may change until a host is reached.
 */
public final class SettingChecks {
    private SettingChecks() {}

    /**
     * The store is a directory, or not there yet.
     *
     * @throws dev.jpull.error.StoreException if it is something else
     */
    public static Path store(Path directory) {
        ImageStore.requireDirectory(directory);
        return directory;
    }

    /**
     * The files of the TLS settings can be read, and no context of the program contradicts them.
     *
     * @throws ConfigurationException if they cannot be used
     */
    public static void tls(@Nullable TlsSettings settings, @Nullable SSLContext context) {
        if (settings == null) {
            return;
        }
        if (context != null) {
            throw new ConfigurationException(
                    "sslContext excludes certificateAuthority, clientCertificate and skipVerify: a context"
                            + " has authorities and keys of its own; leave one of them out");
        }
        for (Path file : settings.ca()) {
            readable("certificateAuthority", file);
        }
        for (ClientKeyPair pair : settings.client()) {
            readable("clientCertificate", pair.certificate());
            readable("clientCertificate", pair.key());
        }
    }

    private static void readable(String setting, Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            String state = Files.isDirectory(file)
                    ? "is a directory"
                    : Files.exists(file)
                            ? "cannot be read by this user"
                            : "does not exist, or cannot be seen by this user";
            throw new ConfigurationException(setting + "(" + shown(file) + ") " + state + ": correct the path");
        }
    }

    private static String shown(Path path) {
        return ForeignText.line(path.toString());
    }
}
