// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import java.util.Locale;

/**
 * What can be done about a failure, for programs that offer it in their own words: the command names an option, a build tool a
 * property. Later versions may add remedies, so that a {@code switch} over them needs a {@code default} branch.
 *
 * @since 0.1.0
 */
public enum Remedy {
    /** Name another directory for the store: {@code ImagePullerBuilder.store}. */
    OTHER_STORE,
    /** Repair the store: {@code LocalStore.verify} finds damaged content, which is then fetched again. */
    REPAIR_STORE,
    /** Look up the names of the images in the store: {@code LocalStore.images}. */
    LIST_IMAGES,
    /** Pull the image; this call only reads the store: {@code ImagePuller.pull}. */
    PULL_IMAGE,
    /** Ask for a platform that the image has, or for fewer platforms: {@code PullRequest.Builder.platform}. */
    CHOOSE_PLATFORM,
    /** Log in to the registry, as the message says, or ask its owner for access. */
    LOG_IN,
    /** Supply credentials beside the reference: {@code ImagePullerBuilder.credentials}. */
    SUPPLY_CREDENTIALS,
    /** Trust the token server of another site: {@code ImagePullerBuilder.trustRealm}. */
    TRUST_REALM,
    /** Use plain HTTP for the registry, if that is intended: an {@code http://} URL in the host configuration. */
    PLAIN_HTTP,
    /** Name the authority that signed the certificate of the registry: {@code ca} in the host configuration. */
    CA_FILE,
    /** Name a client certificate with its key: {@code client} in the host configuration. */
    CLIENT_CERTIFICATE,
    /** Allow requests to the {@code urls} of descriptors: {@code ImagePullerBuilder.foreignUrls}. */
    FOREIGN_URLS,
    /** Allow layers to have more uncompressed bytes, if the image can be trusted: {@code ImagePullerBuilder.maxLayerSize}. */
    RAISE_LAYER_LIMIT,
    /** Let the image take the place of what the directory has: {@code UnpackOptions.Builder.force}. */
    REPLACE_CONTENT,
    /** Write what the tag stands for now into the lock file: {@code ImagePuller.updateLock}. */
    UPDATE_LOCK,
    /** Leave out what another form of configuration cannot say: {@code HostsConversion.Fidelity.APPROXIMATE}. */
    APPROXIMATE;

    /** The name in machine formats: lower case, words joined by hyphens. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
