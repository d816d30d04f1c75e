// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.RawPath;

/**
 * A file of the merged view.
 *
 * @param path its path from the root, without a slash in front
 * @param facts what the layer that it is from says about it
 */
public record MergedFile(RawPath path, FileFacts facts) {}
