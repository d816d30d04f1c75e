// SPDX-License-Identifier: Apache-2.0
/** The local store: an OCI image layout with verified blobs. */
@NullMarked
package dev.jpull.store;

import org.jspecify.annotations.NullMarked;
