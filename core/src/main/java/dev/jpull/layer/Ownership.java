// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

/**
 * Which owners unpacked files get.
 *
 * @param rule which
 * @param uid the user for {@link Rule#FIXED}
 * @param gid the group for {@link Rule#FIXED}
 */
public record Ownership(Rule rule, long uid, long gid) {
    /** Refuses numbers that are none of a user or group. */
    public Ownership {
        if (uid < 0 || uid > 0xFFFF_FFFEL || gid < 0 || gid > 0xFFFF_FFFEL) {
            throw new IllegalArgumentException(
                    "users and groups have numbers from 0 to 4294967294: " + uid + ":" + gid);
        }
    }

    /** How owners are chosen. */
    public enum Rule {
        /** Those of the layer, by number; where that is not possible, that is reported. */
        LAYER,
        /** The same for all. */
        FIXED,
        /** That of the process; nothing is changed. */
        PROCESS
    }

    /** Those of the layer. */
    public static Ownership ofLayer() {
        return new Ownership(Rule.LAYER, 0, 0);
    }

    /** The same for all. */
    public static Ownership fixed(long uid, long gid) {
        return new Ownership(Rule.FIXED, uid, gid);
    }

    /** That of the process. */
    public static Ownership ofProcess() {
        return new Ownership(Rule.PROCESS, 0, 0);
    }
}
