// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

/** A command with {@link OutputOptions}. */
interface HasOutput {
    OutputOptions output();
}
