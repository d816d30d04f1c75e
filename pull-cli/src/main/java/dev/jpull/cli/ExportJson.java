// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ExportReport;
import dev.jpull.ExportReport.ExportedImage;
import dev.jpull.ExportReport.LeftOut;
import dev.jpull.ExportRequest;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import java.util.LinkedHashMap;
import java.util.Map;

/** The result of an export as JSON. Fields may be added, never renamed. */
final class ExportJson {
    private ExportJson() {}

    static String of(ExportReport report, String target) {
        return ResultJson.write(object(report, target));
    }

    /** The result of pulls that fed an archive. */
    static String of(ExportReport.Pulled done, String target) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("images", ResultJson.imageList(done.images()));
        json.put("export", object(done.export(), target));
        return ResultJson.write(json);
    }

    /** An export as part of a result. */
    static Map<String, Object> object(ExportReport report, String target) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("target", target);
        json.put("format", ValueNames.of(report.format()));
        json.put(
                "images",
                report.images().stream()
                        .map(image -> image(image, report.format()))
                        .toList());
        json.put("leftOut", report.leftOut().stream().map(ExportJson::leftOut).toList());
        json.put("bytes", report.bytes());
        json.put("linkedBytes", report.linkedBytes());
        json.put("unchanged", report.unchanged());
        return json;
    }

    private static Map<String, Object> image(ExportedImage image, ExportRequest.Format format) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", image.name());
        if (format != ExportRequest.Format.DOCKER_ARCHIVE) { // which has no manifests
            json.put("reference", image.reference());
            json.put("digest", image.entry().digest().toString());
            json.put("mediaType", image.entry().mediaType().value());
        }
        Digest imageId = image.imageId();
        json.put("imageId", imageId == null ? "" : imageId.toString());
        json.put("rootDigest", image.root().digest().toString());
        json.put("platforms", image.platforms().stream().map(Platform::toString).toList());
        json.put("referrers", image.referrers());
        return json;
    }

    private static Map<String, Object> leftOut(LeftOut left) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("image", left.image());
        json.put("reason", ValueNames.of(left.reason()));
        json.put("parts", left.parts());
        return json;
    }
}
