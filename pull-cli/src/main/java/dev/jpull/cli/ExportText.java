// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ExportReport;
import dev.jpull.ExportReport.ExportedImage;
import dev.jpull.ExportReport.LeftOut;
import dev.jpull.ExportRequest;
import dev.jpull.PrintableText;
import dev.jpull.cli.progress.ByteCount;
import dev.jpull.image.Platform;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** Says what an archive has, and what it does not have. */
final class ExportText {
    private static final int MOST_PARTS = 10;

    private ExportText() {}

    /**
     * A line for each image: its name with the digest that readers of an OCI archive report, and its platforms. A docker archive has
     * no manifests, and its readers report the image ID.
     */
    static void images(ExportReport report, PrintWriter out) {
        for (ExportedImage image : report.images()) {
            String digest = isDocker(report)
                    ? "  image ID " + image.imageId()
                    : "@" + image.entry().digest();
            String name = image.name().isEmpty() ? "<no name>" : PrintableText.line(image.name());
            String platforms =
                    image.platforms().stream().map(Platform::toString).collect(Collectors.joining(", "));
            out.println((name.endsWith(digest) ? name : name + digest)
                    + (platforms.isEmpty() ? "" : "  " + platforms)
                    + (image.referrers() == 0 ? "" : "  and " + count(image.referrers(), "referrer")));
        }
    }

    private static boolean isDocker(ExportReport report) {
        return report.format() == ExportRequest.Format.DOCKER_ARCHIVE;
    }

    /** What was left out, why, and what to do; and which names are not those that a reader expects. */
    static void notes(ExportReport report, PrintWriter err) {
        List<String> inFull = report.images().stream()
                .filter(image -> image.reference().equals(image.name())
                        && image.reference().indexOf('/') >= 0)
                .map(ExportedImage::name)
                .toList();
        if (!inFull.isEmpty()) {
            err.println(
                    "jpull: other images have the same tag, so org.opencontainers.image.ref.name is the name in full,"
                            + " by which skopeo and oras find the image: " + list(inFull));
        }
        for (LeftOut left : report.leftOut()) {
            String name = left.image().isEmpty() ? "an image without a name" : PrintableText.line(left.image());
            err.println("jpull: " + name + ": "
                    + switch (left.reason()) {
                        case NOT_IN_STORE ->
                            "without " + list(left.parts()) + ", not in the store"
                                    + (isDocker(report) ? "" : "; the archive names " + entry(report, left));
                        case REFERRER_NOT_IN_STORE ->
                            "without the referrers " + list(left.parts())
                                    + ", whose content is not in the store: pull them again";
                        case PLATFORM_NOT_IN_FORMAT ->
                            "without " + list(left.parts())
                                    + ": a docker archive has one platform of an image (--platform chooses it,"
                                    + " --format oci-archive has all)";
                        case REFERRER_NOT_IN_FORMAT ->
                            "without its " + count(left.parts().size(), "referrer")
                                    + ": a docker archive has no place for them (--format oci-archive has)";
                    });
        }
    }

    private static String entry(ExportReport report, LeftOut left) {
        for (ExportedImage image : report.images()) {
            if (image.name().equals(left.image())) {
                return image.entry().digest().equals(image.root().digest())
                        ? "the index of all of them, which most readers refuse"
                        : image.entry().digest() + " instead of " + image.root().digest()
                                + " (pull with --all-platforms to carry all, or export with --keep-index)";
            }
        }
        return "what is there";
    }

    private static String list(List<String> parts) {
        String shown = parts.stream().limit(MOST_PARTS).map(PrintableText::line).collect(Collectors.joining(", "));
        return parts.size() > MOST_PARTS ? shown + " and " + (parts.size() - MOST_PARTS) + " more" : shown;
    }

    /** One line about the archive. */
    static void summary(ExportReport report, String target, PrintWriter err) {
        String images = count(report.images().size(), "image");
        String shown = PrintableText.line(target);
        err.println(
                report.unchanged()
                        ? shown + " has the same content already, and is left alone: " + images + ", "
                                + ByteCount.of(report.bytes())
                        : "exported " + images + ", " + ByteCount.of(report.bytes()) + ", to " + shown
                                + (report.linkedBytes() > 0
                                        ? ", " + ByteCount.of(report.linkedBytes()) + " of it as links"
                                        : ""));
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
