// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.convert.Conversion;
import dev.jpull.convert.Target;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A registry configuration in another dialect, with the same meaning. Immutable. {@link #of} reads what it has made, compares the
 * hosts that both ask for sample images, and refuses a conversion that differs.
 */
public final class HostsConversion {
    private final Conversion conversion;

    private HostsConversion(Conversion conversion) {
        this.conversion = conversion;
    }

    /** What a configuration is converted to. */
    public enum Form {
        /** A hosts directory of containerd: one hosts.toml for each registry. */
        HOSTS(Target.HOSTS),
        /** The registries.yaml of k3s and RKE2. */
        K3S(Target.K3S),
        /** The registries.conf of podman, CRI-O, skopeo and buildah. */
        REGISTRIES_CONF(Target.REGISTRIES_CONF);

        private final Target target;

        Form(Target target) {
            this.target = target;
        }
    }

    /** As {@link #of(Path, Form, boolean)}, to a hosts directory that means exactly the same. */
    public static HostsConversion of(Path source) {
        return of(source, Form.HOSTS, false);
    }

    /**
     * Converts a configuration. Writes nothing but files below the directory for temporary files, which it removes again.
     *
     * @param source a file or directory of any dialect; files that it imports are read as well
     * @param form what it is converted to
     * @param approximate whether what the form cannot say is left out with a warning, rather than refused
     * @throws ConfigurationException if the source cannot be used or has that form already, or if the form cannot say something;
     *     all such places are in its message
     */
    public static HostsConversion of(Path source, Form form, boolean approximate) {
        Objects.requireNonNull(source, "source");
        return new HostsConversion(Conversion.of(source, Objects.requireNonNull(form, "form").target, approximate));
    }

    /**
     * The text of each file, by its path in the hosts directory; the path of a single file is empty. Headers, passwords and tokens
     * in it are secrets.
     */
    public Map<String, String> files() {
        return conversion.texts();
    }

    /** The text of each file with stars in place of secrets. */
    public Map<String, String> shownFiles() {
        return conversion.shownTexts();
    }

    /** What the form cannot express, and what else differs. */
    public List<Finding> findings() {
        return conversion.findings();
    }

    /**
     * Writes the files, all or none of them. A file with secrets can be read by this user alone.
     *
     * @param target the hosts directory, which is created when it does not exist, or the file
     * @throws ConfigurationException if one of the files exists, or cannot be written; nothing is written then
     */
    public void write(Path target) {
        conversion.write(Objects.requireNonNull(target, "target"));
    }

    /** The files without their secrets. */
    @Override
    public String toString() {
        return "HostsConversion[files=" + shownFiles() + ", findings=" + findings() + "]";
    }
}
