// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Identifies the content of the files that TLS settings name, because certificates are renewed while programs run.
 *
 * @param stamps time and size of each file; empty for one that is not there
 */
record FileStamps(List<String> stamps) {
    static FileStamps of(TlsSettings tls) {
        List<String> stamps = new ArrayList<>();
        tls.ca().forEach(file -> stamps.add(stamp(file)));
        for (ClientKeyPair pair : tls.client()) {
            stamps.add(stamp(pair.certificate()));
            stamps.add(stamp(pair.key()));
        }
        return new FileStamps(List.copyOf(stamps));
    }

    private static String stamp(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException e) {
            return ""; // the read that follows reports why
        }
    }
}
