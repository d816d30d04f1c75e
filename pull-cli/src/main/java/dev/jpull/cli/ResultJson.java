// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ConfiguredHost;
import dev.jpull.HostsConversion;
import dev.jpull.HostsExplanation;
import dev.jpull.ProbeReport;
import dev.jpull.PulledImage;
import dev.jpull.PulledLayer;
import dev.jpull.PulledPlatform;
import dev.jpull.ResolvedReference;
import dev.jpull.UnpackedImage;
import dev.jpull.error.Attempt;
import dev.jpull.error.PullException;
import dev.jpull.error.Remedy;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.Finding;
import dev.jpull.image.LockChange;
import dev.jpull.image.LockedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The machine formats of results. Fields may be added, never renamed. */
final class ResultJson {
    private static final JsonMapper MAPPER = new JsonMapper();

    private ResultJson() {}

    /** The result of a pull: one object for each platform of each image. */
    static String images(List<PulledImage> images) {
        return write(Map.of("images", imageList(images)));
    }

    /** The images of a result, one object for each platform. */
    static List<Object> imageList(List<PulledImage> images) {
        List<Object> all = new ArrayList<>();
        for (PulledImage image : images) {
            for (PulledPlatform platform : image.platforms()) {
                all.add(image(image, platform));
            }
        }
        return all;
    }

    /** The result of unpacking. */
    static String unpacked(UnpackedImage unpacked) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("image", image(unpacked.image(), unpacked.image().platforms().get(0)));
        json.put("directory", unpacked.directory().toString());
        json.put("entries", unpacked.entries());
        json.put("bytes", unpacked.bytes());
        json.put("notPossible", unpacked.notPossible());
        return write(json);
    }

    static String resolved(ResolvedReference resolved) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", resolved.name());
        json.put("digest", resolved.digest().toString());
        json.put("mediaType", resolved.mediaType().value());
        json.put("size", resolved.size());
        json.put("host", resolved.host());
        return write(json);
    }

    static String explanation(HostsExplanation explanation) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", explanation.name());
        json.put("namespace", explanation.namespace());
        json.put("directory", text(explanation.directory()));
        json.put("tried", explanation.tried().stream().map(Path::toString).toList());
        json.put(
                "resolve",
                explanation.resolve().stream().map(ResultJson::endpoint).toList());
        json.put("pull", explanation.pull().stream().map(ResultJson::endpoint).toList());
        json.put(
                "referrers",
                explanation.referrers().stream().map(ResultJson::endpoint).toList());
        json.put(
                "skipped",
                explanation.skipped().stream()
                        .map(skipped -> Map.of("host", skipped.host().origin(), "reason", skipped.reason()))
                        .toList());
        json.put(
                "findings",
                explanation.findings().stream().map(ResultJson::finding).toList());
        return write(json);
    }

    private static Object endpoint(HostsExplanation.Endpoint endpoint) {
        ConfiguredHost host = endpoint.host();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("url", endpoint.url());
        json.put("host", host.origin());
        json.put("capabilities", host.capabilities());
        json.put("ca", endpoint.ca());
        json.put("client", endpoint.client());
        json.put("skipVerify", host.skipVerify());
        json.put("httpFallback", host.httpFallback());
        json.put("headers", host.headerNames());
        json.put("dialTimeoutMs", host.dialTimeout().toMillis());
        json.put("credentials", endpoint.credentials());
        json.put("proxy", host.proxy());
        json.put("responseTimeoutMs", millis(host.responseTimeout()));
        json.put("stallTimeoutMs", millis(host.stallTimeout()));
        json.put("source", host.source().toString());
        Map<String, Object> sources = new LinkedHashMap<>();
        host.settings().forEach((setting, position) -> sources.put(setting, position.toString()));
        json.put("sources", sources);
        return json;
    }

    static String probe(ProbeReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", report.name());
        json.put("pullable", report.isPullable());
        json.put(
                "endpoints", report.endpoints().stream().map(ResultJson::probed).toList());
        return write(json);
    }

    private static Object probed(ProbeReport.Endpoint endpoint) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("host", endpoint.host().origin());
        json.put("source", endpoint.host().source().toString());
        json.put(
                "steps",
                endpoint.steps().stream()
                        .map(step -> {
                            Map<String, Object> each = new LinkedHashMap<>();
                            each.put("step", step.name());
                            each.put("outcome", ValueNames.of(step.outcome()));
                            each.put("detail", step.detail());
                            each.put("remedy", RemedyText.of(step));
                            each.put(
                                    "remedies",
                                    step.remedies().stream()
                                            .map(Remedy::toString)
                                            .toList());
                            each.put("millis", step.elapsed().toMillis());
                            return each;
                        })
                        .toList());
        return json;
    }

    /** The files have stars in place of their secrets. */
    static String conversion(HostsConversion conversion, Path directory, boolean written) {
        Map<String, Object> json = new LinkedHashMap<>();
        Map<String, Object> files = new LinkedHashMap<>();
        conversion
                .shownFiles()
                .forEach((file, text) -> files.put(directory.resolve(file).toString(), text));
        json.put("files", files);
        json.put("written", written);
        if (conversion.isRefused()) {
            json.put("remedies", List.of(Remedy.APPROXIMATE.toString()));
        }
        json.put(
                "findings",
                conversion.findings().stream().map(ResultJson::finding).toList());
        return write(json);
    }

    static String findings(List<Finding> findings) {
        return write(
                Map.of("findings", findings.stream().map(ResultJson::finding).toList()));
    }

    private static Object finding(Finding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("severity", ValueNames.of(finding.severity()));
        json.put("code", finding.code());
        json.put("file", text(finding.position().file()));
        json.put("line", finding.position().line());
        json.put("column", finding.position().column());
        json.put("message", finding.message());
        json.put("runtime", finding.runtime().label());
        json.put("behaviour", finding.behaviour());
        if (finding.runtime() == ContainerRuntime.CONTAINERD) {
            json.put("containerd", finding.behaviour()); // its name before there were other programs
        }
        json.put("remedy", RemedyText.of(finding));
        return json;
    }

    static String error(String kind, String message, List<Attempt> attempts, List<Remedy> remedies) {
        return write(Map.of("error", failure(kind, message, attempts, remedies)));
    }

    /** A failure as part of a result. */
    static Object failure(PullException failure) {
        return failure(
                failure.kind().label(), String.valueOf(failure.getMessage()), failure.attempts(), failure.remedies());
    }

    private static Object failure(String kind, String message, List<Attempt> attempts, List<Remedy> remedies) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("kind", kind);
        error.put("message", message);
        error.put("attempts", attempts.stream().map(ResultJson::attempt).toList());
        error.put("remedies", remedies.stream().map(Remedy::toString).toList());
        return error;
    }

    private static Object image(PulledImage image, PulledPlatform platform) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", image.name());
        json.put("digest", image.digest().toString());
        json.put("mediaType", image.mediaType().value());
        json.put("platform", text(platform.platform()));
        json.put("manifestDigest", platform.manifestDigest().toString());
        json.put("configDigest", platform.configDigest().toString());
        json.put("chainId", text(platform.chainId()));
        json.put("resolvedBy", Objects.requireNonNullElse(image.resolvedBy(), ""));
        json.put("layers", platform.layers().stream().map(ResultJson::layer).toList());
        json.put(
                "referrers",
                image.referrers().stream().map(ReferrerJson::referrer).toList());
        json.put("lock", lock(image.lockChange()));
        json.put("bytesFetched", image.bytesFetched());
        json.put("requests", image.requests());
        json.put(
                "fallbacks",
                image.fallbacks().stream().map(ResultJson::fallback).toList());
        json.put("warnings", image.warnings());
        return json;
    }

    private static @Nullable Object lock(@Nullable LockChange change) {
        if (change == null) {
            return null;
        }
        LockedImage line = change.after();
        LockedImage before = change.before();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("state", ValueNames.of(change.state()));
        json.put("digest", line.digest().toString());
        json.put("date", line.date().toString());
        json.put("host", line.host());
        json.put("before", before == null ? null : before.digest().toString());
        return json;
    }

    private static Object layer(PulledLayer layer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("digest", layer.digest().toString());
        json.put("mediaType", layer.mediaType().value());
        json.put("size", layer.size());
        json.put("diffId", text(layer.diffId()));
        json.put("diffIdVerified", layer.diffIdVerified());
        json.put("chainId", text(layer.chainId()));
        json.put("host", Objects.requireNonNullElse(layer.host(), ""));
        json.put("bytesFetched", layer.bytesFetched());
        json.put("bytesResumed", layer.bytesResumed());
        json.put("retries", layer.retries());
        json.put("present", layer.present());
        json.put("snapshot", text(layer.snapshot()));
        return json;
    }

    private static Object fallback(Attempt attempt) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("host", attempt.host());
        json.put("phase", attempt.phase());
        json.put("kind", attempt.kind().toString());
        json.put("reason", attempt.reason());
        return json;
    }

    private static Object attempt(Attempt attempt) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("host", attempt.host());
        json.put("url", attempt.url());
        json.put("phase", attempt.phase());
        json.put("kind", attempt.kind().toString());
        json.put("status", attempt.status());
        json.put("reason", attempt.reason());
        json.put("millis", attempt.elapsed().toMillis());
        return json;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : Long.valueOf(duration.toMillis());
    }

    static String write(Object json) {
        return MAPPER.writeValueAsString(json);
    }
}
