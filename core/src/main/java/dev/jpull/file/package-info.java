// SPDX-License-Identifier: Apache-2.0
/** Files that are read whole, with a bound on what they are and how large they are; and where those of the user are. */
@NullMarked
package dev.jpull.file;

import org.jspecify.annotations.NullMarked;
