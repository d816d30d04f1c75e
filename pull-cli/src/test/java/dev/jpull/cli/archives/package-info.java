// SPDX-License-Identifier: Apache-2.0
/** Archives that the command writes, and the programs of other projects that read them. */
package dev.jpull.cli.archives;
