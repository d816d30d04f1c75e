// SPDX-License-Identifier: Apache-2.0
package dev.jpull.docker;

import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import java.nio.file.Path;
import java.util.List;

/**
 * What the configuration of Docker's daemon says about registries.
 *
 * @param file the file
 * @param mirrors the mirrors of Docker Hub, in their order, each once
 * @param insecure the registries whose certificates are not checked, in the order of the file
 * @param concurrentDownloads how many blobs are downloaded at once; 0 when the file does not say
 * @param findings what is wrong or suspicious in the file
 */
public record DaemonJson(
        Path file,
        List<Mirror> mirrors,
        List<InsecureRegistry> insecure,
        int concurrentDownloads,
        List<Finding> findings) {
    /** The name of the file. */
    public static final String NAME = "daemon.json";

    /** Copies the lists. */
    public DaemonJson {
        mirrors = List.copyOf(mirrors);
        insecure = List.copyOf(insecure);
        findings = List.copyOf(findings);
    }

    /**
     * A mirror of Docker Hub.
     *
     * @param url where it is
     * @param position where it was written
     */
    public record Mirror(MirrorUrl url, SourcePosition position) {}

    /** Reads a file; what is wrong with it is among the findings. */
    public static DaemonJson read(Path file) {
        return new DaemonJsonReader(file).read();
    }

    /** Whether it says which hosts are asked, or how. */
    public boolean configuresRegistries() {
        return !mirrors.isEmpty() || !insecure.isEmpty();
    }
}
