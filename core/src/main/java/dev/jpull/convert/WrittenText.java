// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

/**
 * The text of a file that is written.
 *
 * @param text the text, which may have secrets in it
 * @param shown the same with stars in place of the secrets
 */
record WrittenText(String text, String shown) {
    boolean hasSecrets() {
        return !text.equals(shown);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return shown;
    }
}
