// SPDX-License-Identifier: Apache-2.0
/**
 * Pulls container images: {@link dev.jpull.ImagePuller} takes references and leaves verified images in a store.
 *
 * <p>{@link dev.jpull.ImagePuller#builder()} is where a program begins; {@link dev.jpull.PullRequest} says what is wanted, {@link
 * dev.jpull.PulledImage} what was done, and {@link dev.jpull.LocalStore} reads a store without a network. Types are immutable and may be
 * used by many threads, except builders. A method takes and returns null only where its type is annotated with {@code Nullable}.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.jpull;

import org.jspecify.annotations.NullMarked;
