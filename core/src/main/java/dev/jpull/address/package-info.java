// SPDX-License-Identifier: Apache-2.0
/** Values for the names and addresses of hosts: authority, Docker Hub's aliases, network zone, address scope. */
@NullMarked
package dev.jpull.address;

import org.jspecify.annotations.NullMarked;
