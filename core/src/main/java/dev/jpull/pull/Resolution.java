// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Descriptor;

/**
 * What a reference stands for.
 *
 * @param name the reference in full
 * @param root its manifest or index
 * @param host the origin that resolved the reference
 */
public record Resolution(String name, Descriptor root, String host) {}
