// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of the parts. */
package dev.jpull.benchmarks;
