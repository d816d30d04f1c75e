// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PrintableText;
import dev.jpull.cli.progress.ByteCount;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageConfig;
import dev.jpull.image.ImageConfig.Execution;
import dev.jpull.image.ImageConfig.Step;
import dev.jpull.image.ImageDetails;
import dev.jpull.image.ImageDetails.Layer;
import dev.jpull.image.ImageDetails.Manifest;
import dev.jpull.image.ImageDetails.Referrer;
import dev.jpull.image.ImageDetails.State;
import dev.jpull.image.Platform;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text output of {@code store inspect}. Each line is short and each list has an end, whatever the image says; JSON has
 * everything.
 */
final class InspectText {
    private static final int MAX_ENTRIES = 200;
    private static final int MAX_VALUE = 200;
    private static final String REFERENCE_DIGEST = "vnd.docker.reference.digest";
    private static final Pattern TIME = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)T(\\d\\d:\\d\\d:\\d\\d).{0,20}");

    private final PrintWriter out;
    private final boolean chosen;

    /**
     * An output.
     *
     * @param chosen whether the platforms were chosen, so that the details of all are wanted
     */
    InspectText(PrintWriter out, boolean chosen) {
        this.out = out;
        this.chosen = chosen;
    }

    /** The manifest whose details are shown when one is: of this machine's platform, else the first in the store. */
    static @Nullable Manifest preferred(ImageDetails details) {
        List<Manifest> shown = shown(details);
        String host = Platform.host().formatAll();
        return shown.stream()
                .filter(manifest -> manifest.platform() != null
                        && manifest.platform()
                                .normalised(Platform.host())
                                .formatAll()
                                .equals(host))
                .findFirst()
                .orElse(shown.isEmpty() ? null : shown.get(0));
    }

    /** The manifests in the store, those that are only beside an image last. */
    private static List<Manifest> shown(ImageDetails details) {
        List<Manifest> shown = new ArrayList<>(details.manifests().stream()
                .filter(manifest ->
                        manifest.config() != null && !manifest.descriptor().isAttestation())
                .toList());
        if (shown.isEmpty()) {
            details.manifests().stream()
                    .filter(manifest -> manifest.config() != null)
                    .forEach(shown::add);
        }
        return shown;
    }

    void print(ImageDetails details) {
        Manifest root =
                details.manifests().isEmpty() ? null : details.manifests().get(0);
        field("Name", details.names().isEmpty() ? List.of("<no name>") : details.names());
        field("Digest", details.root().digest().toString());
        field("Media type", details.root().mediaType().value());
        if (root != null) {
            field("Artifact type", root.artifactType());
            field("Refers to", root.subject() == null ? "" : root.subject().toString());
        }
        field("Size", ByteCount.of(details.bytes()) + referrerSize(details));
        field("Last pulled", details.used().truncatedTo(ChronoUnit.SECONDS).toString());
        if (root != null && root.config() == null) {
            field("Annotations", pairs(root.annotations()));
            field("Problem", root.problem());
        }
        manifests(details);
        List<Manifest> shown = shown(details);
        Manifest preferred = preferred(details);
        if (chosen) {
            limited(shown, this::details);
        } else if (preferred != null) {
            details(preferred);
            if (shown.size() > 1) {
                out.println();
                out.println("--platform shows the details of the other platforms.");
            }
        }
        referrers(details.referrers());
    }

    private static String referrerSize(ImageDetails details) {
        return details.referrers().isEmpty() ? "" : ", and " + ByteCount.of(details.referrerBytes()) + " of referrers";
    }

    private void manifests(ImageDetails details) {
        List<Manifest> below = details.manifests().stream()
                .filter(manifest -> manifest.parent() != null)
                .toList();
        if (below.isEmpty()) {
            return;
        }
        out.println();
        out.println("Manifests:");
        limited(below, manifest -> {
            out.println(String.format(
                    Locale.ROOT,
                    "  %-24s  %-10s  %-9s  %s",
                    line(kind(manifest)),
                    manifest.state().name().toLowerCase(Locale.ROOT),
                    manifest.config() == null ? "" : ByteCount.of(size(manifest)),
                    manifest.descriptor().digest()));
            if (manifest.config() == null && !manifest.problem().isEmpty()) {
                out.println("    " + line(manifest.problem()));
            }
        });
    }

    private static String kind(Manifest manifest) {
        Descriptor descriptor = manifest.descriptor();
        if (descriptor.isAttestation()) {
            String of = descriptor.annotations().getOrDefault(REFERENCE_DIGEST, "");
            return "attestation" + (of.length() > 19 ? " " + of.substring(7, 19) : "");
        }
        if (descriptor.mediaType().isIndex()) {
            return "index";
        }
        Platform platform = manifest.platform();
        return platform == null ? Objects.requireNonNullElse(manifest.artifactType(), "") : platform.formatAll();
    }

    private static long size(Manifest manifest) {
        long size = manifest.descriptor().size();
        Descriptor config = manifest.config();
        size += config == null ? 0 : config.size();
        for (Layer layer : manifest.layers()) {
            size = Math.min(Long.MAX_VALUE - size, layer.descriptor().size()) + size; // the image's word
        }
        return size;
    }

    private void details(Manifest manifest) {
        Descriptor config = manifest.config();
        out.println();
        Platform platform = manifest.platform();
        field("Platform", platform == null ? "" : platform.formatAll());
        field("Manifest", manifest.descriptor().digest().toString());
        if (manifest.parent() != null) {
            field("Artifact type", manifest.artifactType());
            field(
                    "Refers to",
                    manifest.subject() == null ? "" : manifest.subject().toString());
        }
        if (config != null) {
            field(
                    "Configuration",
                    config.digest() + " (" + config.mediaType() + ", " + ByteCount.of(config.size()) + ")");
        }
        field("Problem", manifest.problem());
        field("Annotations", pairs(manifest.annotations()));
        ImageConfig configuration = manifest.configuration();
        if (configuration != null) {
            settings(configuration);
        }
        layers(manifest);
        if (configuration != null) {
            history(configuration, manifest);
        }
    }

    private void settings(ImageConfig configuration) {
        Execution execution = configuration.execution();
        field("Created", time(configuration.created()));
        field("Author", configuration.author());
        field("User", execution.user());
        field("Directory", execution.workingDirectory());
        field("Entry point", words(execution.entrypoint()));
        field("Command", words(execution.command()));
        field("Environment", execution.environment());
        field("Ports", execution.exposedPorts());
        field("Volumes", execution.volumes());
        field(
                "Health check",
                execution.healthcheck() == null
                        ? ""
                        : words(execution.healthcheck().test()));
        field("Stop signal", execution.stopSignal());
        field("Labels", pairs(execution.labels()));
    }

    private void layers(Manifest manifest) {
        if (manifest.layers().isEmpty()) {
            return;
        }
        out.println(manifest.configuration() == null ? "Blobs:" : "Layers:");
        int[] number = new int[1];
        limited(manifest.layers(), layer -> {
            out.println(String.format(
                    Locale.ROOT,
                    "  %3d  %-9s  %s  %s%s",
                    ++number[0],
                    ByteCount.of(layer.descriptor().size()),
                    layer.descriptor().digest(),
                    line(layer.descriptor().mediaType().value()),
                    layer.present() ? "" : "  (not in the store)"));
            if (layer.diffId() != null) {
                out.println("                  diff ID " + layer.diffId());
            }
        });
    }

    private void history(ImageConfig configuration, Manifest manifest) {
        if (configuration.history().isEmpty()) {
            return;
        }
        out.println("History:");
        limited(
                configuration.history(),
                step -> out.println(String.format(
                                Locale.ROOT,
                                "  %-19s  %3s  %-9s  %s",
                                time(step.created()),
                                step.layer() == null ? "" : Integer.valueOf(step.layer() + 1),
                                stepSize(step, manifest),
                                line(step.createdBy().isEmpty() ? step.comment() : step.createdBy()))
                        .stripTrailing()));
    }

    private static String stepSize(Step step, Manifest manifest) {
        Integer number = step.layer();
        if (number == null) {
            return step.emptyLayer() ? "-" : "?";
        }
        return ByteCount.of(manifest.layers().get(number).descriptor().size());
    }

    private void referrers(List<Referrer> referrers) {
        if (referrers.isEmpty()) {
            return;
        }
        out.println();
        out.println("Referrers:");
        int[] printed = new int[1];
        branch(referrers, "  ", printed);
        if (printed[0] > MAX_ENTRIES) {
            out.println("  … " + (printed[0] - MAX_ENTRIES) + " more: --format json has all");
        }
    }

    private void branch(List<Referrer> referrers, String indent, int[] printed) {
        for (Referrer referrer : referrers) {
            if (++printed[0] <= MAX_ENTRIES) {
                String type = referrer.artifactType().isEmpty() ? "unknown type" : line(referrer.artifactType());
                out.println(indent + type + "  " + ByteCount.of(referrer.bytes())
                        + (referrer.state() == State.COMPLETE
                                ? ""
                                : "  (" + referrer.state().name().toLowerCase(Locale.ROOT) + ")"));
                out.println(indent + "  " + referrer.descriptor().digest());
                out.println(indent + "  of " + referrer.subject()
                        + (referrer.tag().isEmpty() ? "" : ", by the tag " + line(referrer.tag())));
            }
            branch(referrer.referrers(), indent + "    ", printed);
        }
    }

    private void field(String name, String value) {
        if (!value.isEmpty()) {
            field(name, List.of(value));
        }
    }

    private void field(String name, List<String> values) {
        String[] label = {name + ":"};
        limited(values, value -> {
            out.println(String.format(Locale.ROOT, "%-15s%s", label[0], line(value)));
            label[0] = "";
        });
    }

    /** Something that is done with each of some entries. */
    private interface Printing<T> {
        void print(T entry);
    }

    private <T> void limited(List<T> entries, Printing<T> printing) {
        entries.stream().limit(MAX_ENTRIES).forEach(printing::print);
        if (entries.size() > MAX_ENTRIES) {
            out.println("  … " + (entries.size() - MAX_ENTRIES) + " more: --format json has all");
        }
    }

    private static List<String> pairs(Map<String, String> map) {
        return map.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
    }

    /** As a shell takes it. */
    private static String words(List<String> arguments) {
        return ShellWords.line(arguments);
    }

    private static String time(String text) {
        Matcher time = TIME.matcher(text);
        return time.matches() ? time.group(1) + " " + time.group(2) : line(text);
    }

    private static String line(String text) {
        String line = PrintableText.line(text);
        return line.length() <= MAX_VALUE ? line : line.substring(0, MAX_VALUE) + "…";
    }
}
