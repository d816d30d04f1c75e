// SPDX-License-Identifier: Apache-2.0
/** Lists of images in files: what they name, and which tags of a repository they mean. */
@NullMarked
package dev.jpull.list;

import org.jspecify.annotations.NullMarked;
