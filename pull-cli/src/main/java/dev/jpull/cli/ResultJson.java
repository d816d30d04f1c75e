// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PulledImage;
import dev.jpull.PulledLayer;
import dev.jpull.PulledPlatform;
import dev.jpull.ResolvedReference;
import dev.jpull.error.Attempt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The machine formats of results. Fields may be added, never renamed. */
final class ResultJson {
    private static final JsonMapper MAPPER = new JsonMapper();

    private ResultJson() {}

    /** The result of a pull: one object for each platform of each image. */
    static String images(List<PulledImage> images) {
        List<Object> all = new ArrayList<>();
        for (PulledImage image : images) {
            for (PulledPlatform platform : image.platforms()) {
                all.add(image(image, platform));
            }
        }
        return write(Map.of("images", all));
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

    static String error(String kind, String message, List<Attempt> attempts) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("kind", kind);
        error.put("message", message);
        error.put("attempts", attempts.stream().map(ResultJson::attempt).toList());
        return write(Map.of("error", error));
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
        json.put("resolvedBy", image.resolvedBy());
        json.put("layers", platform.layers().stream().map(ResultJson::layer).toList());
        json.put("bytesFetched", image.bytesFetched());
        json.put("requests", image.requests());
        json.put(
                "fallbacks",
                image.fallbacks().stream().map(ResultJson::fallback).toList());
        return json;
    }

    private static Object layer(PulledLayer layer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("digest", layer.digest().toString());
        json.put("mediaType", layer.mediaType().value());
        json.put("size", layer.size());
        json.put("diffId", text(layer.diffId()));
        json.put("host", layer.host());
        json.put("bytesFetched", layer.bytesFetched());
        json.put("bytesResumed", layer.bytesResumed());
        json.put("retries", layer.retries());
        json.put("present", layer.present());
        return json;
    }

    private static Object fallback(Attempt attempt) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("host", attempt.host());
        json.put("phase", attempt.phase());
        json.put("reason", attempt.reason());
        return json;
    }

    private static Object attempt(Attempt attempt) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("host", attempt.host());
        json.put("url", attempt.url());
        json.put("phase", attempt.phase());
        json.put("status", attempt.status());
        json.put("reason", attempt.reason());
        json.put("millis", attempt.elapsed().toMillis());
        return json;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static String write(Object json) {
        return MAPPER.writeValueAsString(json);
    }
}
