// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;

/** Reads the references of a list; a password in one of them is not repeated. */
final class Repositories {
    private static final String EXAMPLE = "write it like registry.example:5000/team/app";

    private static final String IMAGE_EXAMPLE = "write it like registry.example:5000/app:1";

    private Repositories() {}

    /**
     * An image by tag or digest.
     *
     * @throws InvalidRuleException if it is none
     */
    static ImageReference image(String text) throws InvalidRuleException {
        refuseCredentials(text);
        try {
            return ImageReference.parse(text);
        } catch (ReferenceException e) {
            throw new InvalidRuleException("\"" + text + "\" is not an image (" + e.getMessage() + ")", IMAGE_EXAMPLE);
        }
    }

    /**
     * A repository.
     *
     * @param registry the registry; empty when the repository names it, or for Docker Hub
     * @throws InvalidRuleException if it is none
     */
    static ImageReference of(String registry, String repository) throws InvalidRuleException {
        refuseCredentials(registry + "/");
        refuseCredentials(repository);
        String text = registry.isEmpty() ? repository : registry + "/" + repository;
        if (text.indexOf('@') >= 0 || repository.indexOf(':', repository.lastIndexOf('/') + 1) >= 0) {
            throw new InvalidRuleException(
                    "the repository \"" + text + "\" has a tag or digest", "write these under tags and digests");
        }
        try {
            ImageReference parsed = ImageReference.parse(text);
            boolean asWritten = parsed.domain().equals(registry)
                    || parsed.domain().equals("docker.io") && registry.equals("index.docker.io");
            if (!registry.isEmpty() && !asWritten) {
                throw new InvalidRuleException(
                        "\"" + registry + "\" is not a registry", "write a host, such as registry.example:5000");
            }
            return parsed;
        } catch (ReferenceException e) {
            throw new InvalidRuleException(String.valueOf(e.getMessage()), EXAMPLE);
        }
    }

    /**
     * Refuses a text with a user name or password. A reference has a {@code @} only before its digest, which has no slash.
     *
     * @throws InvalidRuleException if there is one; the message does not repeat it
     */
    static void refuseCredentials(String text) throws InvalidRuleException {
        int at = text.indexOf('@');
        if (at >= 0 && text.indexOf('/', at) >= 0) {
            throw new InvalidRuleException(
                    "there is a user name or password before the registry", YamlList.CREDENTIALS_REMEDY);
        }
    }
}
