// SPDX-License-Identifier: Apache-2.0
/** References, digests, descriptors, manifests and platforms: values without input or output. */
@NullMarked
package dev.jpull.image;

import org.jspecify.annotations.NullMarked;
