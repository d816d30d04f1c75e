// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;

/**
 * What a reference stands for.
 *
 * @param name the reference in full
 * @param digest the digest of the manifest or index
 * @param mediaType its type
 * @param size its size in bytes
 * @param host the origin that said so
 */
public record ResolvedReference(String name, Digest digest, MediaType mediaType, long size, String host) {}
