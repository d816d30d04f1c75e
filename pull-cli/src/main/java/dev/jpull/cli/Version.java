// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the manifest of the jar. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "jpull " + (version == null ? "(not packaged)" : version) + ", Java " + System.getProperty("java.version")
        };
    }
}
