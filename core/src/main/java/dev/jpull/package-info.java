// SPDX-License-Identifier: Apache-2.0
/** The pull engine: {@link dev.jpull.ImagePuller} takes a reference and leaves a verified image in a store. */
@NullMarked
package dev.jpull;

import org.jspecify.annotations.NullMarked;
