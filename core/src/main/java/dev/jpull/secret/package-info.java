// SPDX-License-Identifier: Apache-2.0
/**
 * A value that is never printed, such as a password: {@link dev.jpull.secret.Secret}.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.jpull.secret;

import org.jspecify.annotations.NullMarked;
