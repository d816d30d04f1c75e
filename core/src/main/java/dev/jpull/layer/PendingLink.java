// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.RawPath;

/**
 * A hard link of a layer to a file that only layers below can have.
 *
 * @param path where it belongs, from the root of the layer without links; its directory is in the staging
 * @param target the file, from the root of the image; may lead through links of layers below
 */
public record PendingLink(RawPath path, RawPath target) {}
