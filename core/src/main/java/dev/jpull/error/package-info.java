// SPDX-License-Identifier: Apache-2.0
/** What can go wrong with a pull, as exceptions for programs and sentences for people. */
@NullMarked
package dev.jpull.error;

import org.jspecify.annotations.NullMarked;
