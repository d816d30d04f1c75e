// SPDX-License-Identifier: Apache-2.0
/**
 * The values of images: references, digests, descriptors, manifests, indexes, configurations and platforms, as in the image
 * specification of OCI. They read and write nothing.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.jpull.image;

import org.jspecify.annotations.NullMarked;
