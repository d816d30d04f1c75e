// SPDX-License-Identifier: Apache-2.0
/** Layers as they are compressed: gzip, zstd, or not at all. */
@NullMarked
package dev.jpull.compression;

import org.jspecify.annotations.NullMarked;
