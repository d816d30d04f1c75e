// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.error.IntegrityException;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpResponse;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.RegistryEndpoint;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A manifest or index that a host gave for a reference, and that is what it says it is.
 *
 * @param descriptor its type, digest and size
 * @param document what it points to
 * @param content its bytes
 */
public record VerifiedDocument(Descriptor descriptor, ImageDocument document, byte[] content) {
    /**
     * Asks one host, once.
     *
     * @param image the reference; its digest counts when it has one
     * @param answers sees the answer, for what is in its headers
     * @throws HostFailure if the host does not have it, or gives something else
     */
    public static VerifiedDocument get(
            RegistryEndpoint endpoint, ImageReference image, Cancellation cancellation, Consumer<HttpResponse> answers)
            throws IOException, HostFailure {
        try (HttpResponse response = endpoint.getManifest(image, image.object(), cancellation)) {
            answers.accept(response);
            DocumentResponse said = new DocumentResponse(response);
            byte[] content = said.read();
            MediaType type = said.documentType(content);
            Digest wanted = image.digest();
            if (wanted != null && !wanted.matches(content)) {
                throw said.malformed("its content does not have the digest " + wanted);
            }
            Optional<Digest> announced = said.digest();
            if (announced.isPresent() && !announced.get().matches(content)) {
                throw said.malformed("its content does not have the digest that its header announces");
            }
            Descriptor root = new Descriptor(type, wanted != null ? wanted : Digest.sha256(content), content.length);
            return new VerifiedDocument(root, DocumentJson.parse(content, type), content);
        } catch (IntegrityException e) {
            throw HostFailure.malformed("", 200, String.valueOf(e.getMessage()));
        }
    }
}
