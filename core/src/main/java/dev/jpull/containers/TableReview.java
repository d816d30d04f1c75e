// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.lint.Findings;

/**
 * Finds settings that the programs look up elsewhere than their tables suggest: {@code blocked} counts where a request would
 * go, and {@code insecure} where the request is written.
 *
 * @param conf all tables
 * @param findings gets what is suspicious
 */
record TableReview(RegistriesConf conf, Findings findings) {
    void review() {
        for (RegistryTable table : conf.tables()) {
            if (table.blocked() && !isBlocked(table.primary())) {
                findings.warning(
                        "blocked-elsewhere",
                        table.blockedAt(),
                        "nothing is blocked: the location \"" + table.primary().text() + "\" is what would be asked,"
                                + " and no table blocks it",
                        "pulls from the location",
                        "remove the location, or write a table with blocked = true for it");
            }
            for (Location mirror : table.mirrors()) {
                RegistryTable own = conf.tableFor(sample(mirror));
                if (own != null && own.primary().isInsecure() && mirror.insecure() == null) {
                    findings.warning(
                            "insecure-elsewhere",
                            mirror.position(),
                            "the mirror \"" + mirror.text() + "\" is not insecure: the setting at " + own.position()
                                    + " is for images that name this host",
                            "verifies the certificate of the mirror",
                            "write insecure = true into this [[registry.mirror]], when it is meant");
                }
            }
        }
    }

    /** Whether requests to the location are blocked; a wildcard without location is asked under the names of the images. */
    private boolean isBlocked(Location location) {
        if (location.text().isEmpty()) {
            return true;
        }
        RegistryTable own = conf.tableFor(sample(location));
        return own != null && own.blocked();
    }

    private static String sample(Location location) {
        return location.text() + "/a/b";
    }
}
