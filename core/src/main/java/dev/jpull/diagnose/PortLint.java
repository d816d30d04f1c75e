// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.address.Authority;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;

/** Ports in the names of registries that no reference has, or few. */
final class PortLint {
    private static final int MAX_PORT = 65_535;
    private static final int MAX_DIGITS = 5;

    private PortLint() {}

    /**
     * Reviews the registry that a part of a configuration is for.
     *
     * @param namespace the registry, with its port
     * @return whether there is something to say about the port
     */
    static boolean review(String namespace, SourcePosition position, Findings findings) {
        String port = Authority.of(namespace).port();
        if (port == null || !port.matches("[0-9]+")) {
            return false;
        }
        if (port.length() > MAX_DIGITS || Integer.parseInt(port) > MAX_PORT || Integer.parseInt(port) == 0) {
            findings.warning(
                    "port-never-matches",
                    position,
                    "there is no port " + port + ", so that no image is pulled from \"" + namespace + "\"",
                    "never looks for it",
                    "write a port from 1 to " + MAX_PORT);
        } else if (port.startsWith("0")) {
            findings.warning(
                    "port-never-matches",
                    position,
                    "the port " + port
                            + " has a zero in front, and is compared as text: only images that are written with"
                            + " the zero match",
                    "compares the text",
                    "write it without the zero");
        } else if (port.equals("443") || port.equals("80")) {
            findings.info(
                    "default-port",
                    position,
                    "only images that are written with the port \":" + port + "\" match, which is rarely meant",
                    "does not add or drop the port of the scheme",
                    "write the name without the port, unless images are written with it");
        } else {
            return false;
        }
        return true;
    }
}
