// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.image.Descriptor;

/**
 * What a reference stands for.
 *
 * @param root the manifest or index
 * @param host the origin that said so; empty when the store did
 */
public record ResolvedImage(Descriptor root, String host) {}
