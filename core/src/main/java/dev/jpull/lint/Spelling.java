// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lint;

import java.util.List;

/** Suggests the known word that is closest to a misspelt one. */
public final class Spelling {
    private static final int CLOSE = 3;

    private Spelling() {}

    /** A sentence part that names the closest known word, or nothing when none is close. */
    public static String suggestion(String word, List<String> known) {
        String best = "";
        int bestDistance = Math.min(CLOSE, word.length());
        for (String candidate : known) {
            int distance = distance(word, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? "" : " (did you mean \"" + best + "\"?)";
    }

    /** The number of letters to insert, drop or change (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
