// SPDX-License-Identifier: Apache-2.0
/** Text from outside made harmless before it is shown, and secrets masked in it. Not exported. */
@NullMarked
package dev.jpull.text;

import org.jspecify.annotations.NullMarked;
