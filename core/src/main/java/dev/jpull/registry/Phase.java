// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

/** What a request of a pull is for. The label is what {@link dev.jpull.error.Attempt#phase()} says. */
public enum Phase {
    /** The digest of a reference. */
    RESOLVE("resolve"),
    /** A manifest or index by digest. */
    MANIFEST("manifest"),
    /** A blob by digest; only in this phase are the rates of hosts measured. */
    BLOB("blob"),
    /** The tags of a repository. */
    TAGS("tags"),
    /** What refers to a manifest. */
    REFERRERS("referrers");

    private final String label;

    Phase(String label) {
        this.label = label;
    }

    /** The name in results, events and messages. */
    public String label() {
        return label;
    }
}
