// SPDX-License-Identifier: Apache-2.0
/** Where credentials come from. */
@NullMarked
package dev.jpull.credentials;

import org.jspecify.annotations.NullMarked;
