// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Digest;

/** The names of files in archives. */
final class ArchivePaths {
    /** The version of the OCI layout (OCI image-spec, image-layout.md). */
    static final String LAYOUT = "oci-layout";
    /** The images of an OCI layout. */
    static final String INDEX = "index.json";
    /** The images in the words of docker. */
    static final String DOCKER_MANIFEST = "manifest.json";
    /** The tags in the words of docker, with the topmost layer of each. */
    static final String DOCKER_REPOSITORIES = "repositories";

    private ArchivePaths() {}

    /** A blob of an OCI layout. */
    static String blob(Digest digest) {
        return "blobs/" + digest.algorithm().label() + "/" + digest.hex();
    }
}
