// SPDX-License-Identifier: Apache-2.0
/**
 * Regular expressions as Go reads them, matched in a time that is linear in the length of the text, for each search. The library
 * that has them, RE2/J, has no stable module name.
 */
@NullMarked
package dev.jpull.regex;

import org.jspecify.annotations.NullMarked;
