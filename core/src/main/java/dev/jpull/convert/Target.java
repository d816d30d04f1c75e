// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import dev.jpull.dialect.Dialect;

/** A dialect that can be written. */
public enum Target {
    /** A directory with a hosts.toml for each registry. */
    HOSTS(Dialect.HOSTS_DIRECTORY, "certs.d", "a hosts directory"),
    /** The same for the containerd of k3s and RKE2, which also reads {@code rewrite}. */
    K3S_HOSTS(Dialect.HOSTS_DIRECTORY, "certs.d", "a hosts directory of k3s"),
    /** The file of k3s and RKE2. */
    K3S(Dialect.REGISTRIES_YAML, "registries.yaml", "registries.yaml"),
    /** The file of podman and those like it. */
    REGISTRIES_CONF(Dialect.REGISTRIES_CONF, "registries.conf", "registries.conf");

    private final Dialect dialect;
    private final String fileName;
    private final String form;

    Target(Dialect dialect, String fileName, String form) {
        this.dialect = dialect;
        this.fileName = fileName;
        this.form = form;
    }

    /** The dialect of what is written. */
    Dialect dialect() {
        return dialect;
    }

    /** The name that its file or directory has as a rule. */
    String fileName() {
        return fileName;
    }

    /** Whether it is a directory with several files. */
    boolean isHostsDirectory() {
        return dialect == Dialect.HOSTS_DIRECTORY;
    }

    /** What is written, in a sentence. */
    String form() {
        return form;
    }

    /** The writer of this dialect. */
    TargetWriter writer(Unsayable unsayable) {
        return switch (this) {
            case HOSTS -> new HostsDirectoryWriter(unsayable, false);
            case K3S_HOSTS -> new HostsDirectoryWriter(unsayable, true);
            case K3S -> new RegistriesYamlWriter(unsayable);
            case REGISTRIES_CONF -> new RegistriesConfWriter(unsayable);
        };
    }
}
