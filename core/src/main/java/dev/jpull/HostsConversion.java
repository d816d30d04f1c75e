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
 * hosts that both ask for sample images; a difference is an error among the findings.
 *
 * @since 0.1.0
 */
public final class HostsConversion {
    private final Conversion conversion;

    private HostsConversion(Conversion conversion) {
        this.conversion = conversion;
    }

    /** What happens to settings that the other form does not have. */
    public enum Fidelity {
        /** They are errors, and nothing can be written. */
        EXACT,
        /** They are left out, or the nearest is written in their place, with a warning. */
        APPROXIMATE
    }

    /** What a configuration is converted to. */
    public enum Form {
        /** A hosts directory of containerd: one hosts.toml for each registry. */
        HOSTS(Target.HOSTS),
        /** A hosts directory for the containerd of k3s and RKE2, which reads rewrites too. */
        K3S_HOSTS(Target.K3S_HOSTS),
        /** The registries.yaml of k3s and RKE2. */
        K3S(Target.K3S),
        /** The registries.conf of podman, CRI-O, skopeo and buildah. */
        REGISTRIES_CONF(Target.REGISTRIES_CONF);

        private final Target target;

        Form(Target target) {
            this.target = target;
        }
    }

    /**
     * As {@link #of(Path, Form, Fidelity)}, to a hosts directory that means exactly the same.
     *
     * @param source the configuration
     * @return the files of the new form, and what could not be said in it
     */
    public static HostsConversion of(Path source) {
        return of(source, Form.HOSTS, Fidelity.EXACT);
    }

    /**
     * Converts a configuration. Writes nothing but files below the directory for temporary files, which it removes again. What the
     * form cannot say is an error among the {@link #findings}, each at its line, and there are no files then.
     *
     * @param source a file or directory of any dialect; files that it imports are read as well
     * @param form what it is converted to
     * @param fidelity what happens to settings that the form does not have
     * @return the files of the new form, and what could not be said in it
     * @throws ConfigurationException if the source cannot be used, or has that form already
     */
    public static HostsConversion of(Path source, Form form, Fidelity fidelity) {
        Objects.requireNonNull(source, "source");
        Target target = Objects.requireNonNull(form, "form").target;
        boolean approximate = Objects.requireNonNull(fidelity, "fidelity") == Fidelity.APPROXIMATE;
        return new HostsConversion(Conversion.of(source, target, approximate));
    }

    /** {@return whether the form cannot say something, so that there are no files; the findings have the errors} */
    public boolean isRefused() {
        return conversion.isRefused();
    }

    /**
     * {@return the text of each file, by its path in the hosts directory; the path of a single file is empty} Headers, passwords
     * and tokens in it are secrets.
     */
    public Map<String, String> files() {
        return conversion.texts();
    }

    /** {@return the text of each file with stars in place of secrets} */
    public Map<String, String> shownFiles() {
        return conversion.shownTexts();
    }

    /** {@return what the form cannot express, and what else differs} */
    public List<Finding> findings() {
        return conversion.findings();
    }

    /**
     * Writes the files, all or none of them. A file with secrets can be read by this user alone.
     *
     * @param target the hosts directory, which is created when it does not exist, or the file
     * @throws ConfigurationException if the conversion {@linkplain #isRefused is refused}, one of the files exists, or one cannot
     *     be written; nothing is written then
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
