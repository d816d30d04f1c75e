// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

/** The forms in which images leave a store. */
public enum ArchiveFormat {
    /** A tar archive of an OCI layout, with a manifest.json for docker. */
    OCI_ARCHIVE,
    /** A tar archive as {@code docker save} wrote it before it wrote OCI layouts. */
    DOCKER_ARCHIVE,
    /** A directory with an OCI layout. */
    OCI;

    /** The name on a command line. */
    public String label() {
        return switch (this) {
            case OCI_ARCHIVE -> "oci-archive";
            case DOCKER_ARCHIVE -> "docker-archive";
            case OCI -> "oci";
        };
    }
}
