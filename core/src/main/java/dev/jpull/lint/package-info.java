// SPDX-License-Identifier: Apache-2.0
/** What readers of configuration report: findings as they are collected, and the spelling that was probably meant. */
@NullMarked
package dev.jpull.lint;

import org.jspecify.annotations.NullMarked;
