// SPDX-License-Identifier: Apache-2.0
/**
 * What checks of registry configuration find: severity, code, place in a file, message and remedy.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.jpull.finding;

import org.jspecify.annotations.NullMarked;
