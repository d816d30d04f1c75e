// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImageOutcome;
import dev.jpull.PulledImage;
import dev.jpull.error.PullException;
import dev.jpull.image.LockChange;
import dev.jpull.image.LockedImage;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What {@code --update-lock} did.
 *
 * @param outcomes the images, and those that failed
 */
record LockUpdate(List<ImageOutcome<PulledImage>> outcomes) {
    /** A line for each image that was pulled: its name with the digest, and what changed. */
    void print(PrintWriter out) {
        for (PulledImage image : images()) {
            LockChange change = image.lockChange();
            LockedImage before = change == null ? null : change.before();
            out.println(PullCommand.pinned(image)
                    + (change == null ? "" : " " + ValueNames.of(change.state()))
                    + (before == null || before.digest().equals(image.digest()) ? "" : " from " + before.digest()));
        }
    }

    /** The machine format: the images as a pull has them, and the failures. */
    String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("images", ResultJson.imageList(images()));
        List<Object> errors = new ArrayList<>();
        for (ImageOutcome<PulledImage> outcome : outcomes) {
            PullException failure = outcome.failure();
            if (failure != null) {
                errors.add(Map.of("image", outcome.image(), "error", ResultJson.failure(failure)));
            }
        }
        json.put("errors", errors);
        return ResultJson.write(json);
    }

    /** The images that were pulled. */
    List<PulledImage> images() {
        return outcomes.stream()
                .map(ImageOutcome::result)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Explains the failures; returns the exit code, which is that of the first one. */
    int explain(PrintWriter err) {
        int code = 0;
        for (ImageOutcome<PulledImage> outcome : outcomes) {
            PullException failure = outcome.failure();
            if (failure != null) {
                FailureReport.explain(failure, String.valueOf(failure.getMessage()), err);
                code = code == 0 ? ExitCode.of(failure.kind()) : code;
            }
        }
        return code;
    }
}
