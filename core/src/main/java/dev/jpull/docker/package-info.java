// SPDX-License-Identifier: Apache-2.0
/** The configuration of Docker's daemon: daemon.json, and its directory of certificates. */
@NullMarked
package dev.jpull.docker;

import org.jspecify.annotations.NullMarked;
