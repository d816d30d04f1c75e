// SPDX-License-Identifier: Apache-2.0
/** Archives of images, as OCI image layouts and as docker has them: written from a store, and read into one. */
@NullMarked
package dev.jpull.archive;

import org.jspecify.annotations.NullMarked;
