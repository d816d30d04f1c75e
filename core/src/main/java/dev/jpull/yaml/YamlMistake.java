// SPDX-License-Identifier: Apache-2.0
package dev.jpull.yaml;

import dev.jpull.finding.SourcePosition;

/**
 * Something in a YAML document that a reader has to refuse. The texts may have parts of the document in them.
 *
 * @param position where it is
 * @param message what is wrong
 * @param remedy what to do about it
 */
public record YamlMistake(SourcePosition position, String message, String remedy) {}
