// SPDX-License-Identifier: Apache-2.0
/** Directories of unpacked layers by chain ID: how they are made, named once, found, mounted and thrown away. */
@NullMarked
package dev.jpull.snapshot;

import org.jspecify.annotations.NullMarked;
