// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

/** Whether content that has its name in the store survives a crash of the machine. */
public enum Durability {
    /**
     * Content and its directory are on the disk before the content has its name; after a crash the store has the old state or
     * the new one. The default.
     */
    SYNCED,
    /**
     * The system writes content when it likes. A process that is killed does no harm, but a crash of the machine can leave
     * blobs that count as verified and are not; {@link LocalStore#verify} finds them. For throw-away stores and measurements.
     */
    UNSYNCED
}
