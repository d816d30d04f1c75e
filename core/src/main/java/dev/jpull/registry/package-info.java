// SPDX-License-Identifier: Apache-2.0
/** The distribution API of one endpoint, and the choice of the endpoint that comes next. */
@NullMarked
package dev.jpull.registry;

import org.jspecify.annotations.NullMarked;
