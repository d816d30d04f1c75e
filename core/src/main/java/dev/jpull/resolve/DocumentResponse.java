// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.http.HttpResponse;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.registry.HostFailure;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the headers of a response say of the manifest or index in it; where the body says the same, the body decides. */
record DocumentResponse(HttpResponse response) {
    /** The type in its header. */
    MediaType type() {
        String header = response.header("Content-Type");
        MediaType type = MediaType.ofContentType(header == null ? "" : header);
        return type.value().equals("text/plain") ? MediaType.DOCKER_SCHEMA1 : type;
    }

    /** The digest in its header, or empty when there is none. */
    Optional<Digest> digest() throws HostFailure {
        String header = response.header("Docker-Content-Digest");
        if (header == null) {
            return Optional.empty();
        }
        if (Digest.check(header) != null) {
            throw malformed("its header Docker-Content-Digest is not a digest");
        }
        return Optional.of(Digest.parse(header));
    }

    /** The body, which must not be too large, nor cut. */
    byte[] read() throws IOException, HostFailure {
        long declared = response.declaredLength();
        refuseLength(declared);
        byte[] content = response.decodedBody().readNBytes(DocumentJson.MAX_SIZE + 1);
        if (content.length > DocumentJson.MAX_SIZE) {
            throw tooLarge(-1);
        }
        if (declared >= 0 && !response.isCoded() && content.length != declared) {
            throw HostFailure.of(new EOFException(), response.shownUrl());
        }
        return content;
    }

    void refuseLength(long length) throws HostFailure {
        if (length > DocumentJson.MAX_SIZE) {
            throw tooLarge(length);
        }
    }

    void refuseSchema1() throws HostFailure {
        if (type().equals(MediaType.DOCKER_SCHEMA1)) {
            throw malformed(
                    "it has only a docker schema 1 manifest, which is no longer supported: push the image again");
        }
    }

    /** The type of a document: what the host says, or else what the document says of itself. */
    MediaType documentType(byte[] content) throws HostFailure {
        MediaType type = type();
        if (type.isManifestOrIndex()) {
            return type;
        }
        refuseSchema1();
        if (type.value().toLowerCase(Locale.ROOT).startsWith("text/html")) {
            throw malformed("the answer is an HTML page instead of a manifest:"
                    + " is the path of the host right, and does it need override_path?");
        }
        String own = ownType(content);
        if (own == null || !new MediaType(own).isManifestOrIndex()) {
            throw malformed("the answer is \"" + type + "\", which is neither a manifest nor an index");
        }
        return new MediaType(own);
    }

    HostFailure malformed(String reason) {
        return HostFailure.malformed(response.shownUrl(), response.status(), reason);
    }

    private HostFailure tooLarge(long length) {
        return malformed("the manifest has " + (length < 0 ? "more than " + DocumentJson.MAX_SIZE : length)
                + " bytes, but at most " + DocumentJson.MAX_SIZE + " are read");
    }

    private static @Nullable String ownType(byte[] content) {
        try {
            return JsonValue.parse(content).text("mediaType");
        } catch (JsonException e) {
            return null; // no document at all
        }
    }
}
