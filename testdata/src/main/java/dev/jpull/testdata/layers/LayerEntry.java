// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.layers;

import dev.jpull.testdata.RawTar;

/**
 * An entry of a layer that a property test makes up.
 *
 * @param type as in find: f, d, l, p; h for a hard link
 * @param path its path
 * @param text the content of a file, or the target of a link
 * @param mode permissions of a file or directory
 */
public record LayerEntry(char type, String path, String text, int mode) {
    /** Writes it into an archive. */
    public void write(RawTar tar) {
        switch (type) {
            case 'd' -> tar.dir(path, mode);
            case 'f' -> tar.file(path, text, mode);
            case 'l' -> tar.symlink(path, text);
            case 'h' -> tar.hardLink(path, text);
            default -> tar.fifo(path);
        }
    }
}
