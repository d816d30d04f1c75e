// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * A request to an endpoint.
 *
 * @param method {@code GET} or {@code HEAD}
 * @param url what is asked for, at the endpoint
 * @param accept the media types that are welcome
 * @param range the bytes that are wanted, as {@code bytes=…}, or null for all
 * @param repository the repository that a token is requested for when the registry requires one
 * @param failoverPossible whether another endpoint can serve the request, so that waits are short
 */
public record RegistryCall(
        String method,
        HttpUrl url,
        String accept,
        @Nullable String range,
        String repository,
        boolean failoverPossible) {}
