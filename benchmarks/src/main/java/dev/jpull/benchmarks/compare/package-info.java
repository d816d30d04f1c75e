// SPDX-License-Identifier: Apache-2.0
/** Whole commands side by side: jpull and every other puller that the machine has, against the same server, in turns. */
package dev.jpull.benchmarks.compare;
