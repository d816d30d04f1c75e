// SPDX-License-Identifier: Apache-2.0
/**
 * What tests, benchmarks and the demo need: vectors, images, certificates and a registry on loopback that behaves as a
 * script says. Test infrastructure: the engine does not depend on it.
 */
@NullMarked
package dev.jpull.testdata;

import org.jspecify.annotations.NullMarked;
