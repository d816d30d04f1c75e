// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageConfig;
import dev.jpull.image.ImageConfig.Execution;
import dev.jpull.image.ImageConfig.Healthcheck;
import dev.jpull.image.ImageConfig.Step;
import dev.jpull.image.ImageDetails;
import dev.jpull.image.ImageDetails.Layer;
import dev.jpull.image.ImageDetails.Manifest;
import dev.jpull.image.ImageDetails.Referrer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON output of {@code store inspect}. Fields may be added, never renamed. */
final class InspectJson {
    private InspectJson() {}

    static String of(ImageDetails details) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("names", details.names());
        put(json, details.root());
        json.put("bytes", details.bytes());
        json.put("referrerBytes", details.referrerBytes());
        json.put("used", details.used().toString());
        json.put(
                "manifests",
                details.manifests().stream().map(InspectJson::manifest).toList());
        json.put(
                "referrers",
                details.referrers().stream().map(InspectJson::referrer).toList());
        return ResultJson.write(json);
    }

    private static void put(Map<String, Object> json, Descriptor descriptor) {
        json.put("digest", descriptor.digest().toString());
        json.put("mediaType", descriptor.mediaType().value());
        json.put("size", descriptor.size());
    }

    private static Map<String, Object> manifest(Manifest manifest) {
        Map<String, Object> json = new LinkedHashMap<>();
        put(json, manifest.descriptor());
        json.put("parent", text(manifest.parent()));
        json.put(
                "platform",
                manifest.platform() == null ? null : manifest.platform().formatAll());
        json.put("state", manifest.state().name().toLowerCase(Locale.ROOT));
        json.put("artifactType", manifest.artifactType());
        json.put("subject", text(manifest.subject()));
        json.put("annotations", manifest.annotations());
        json.put("descriptorAnnotations", manifest.descriptor().annotations());
        json.put("problem", manifest.problem());
        Descriptor config = manifest.config();
        if (config == null) {
            json.put("config", null);
        } else {
            Map<String, Object> described = new LinkedHashMap<>();
            put(described, config);
            json.put("config", described);
        }
        json.put("layers", manifest.layers().stream().map(InspectJson::layer).toList());
        ImageConfig configuration = manifest.configuration();
        json.put("configuration", configuration == null ? null : configuration(configuration, manifest));
        return json;
    }

    private static Map<String, Object> layer(Layer layer) {
        Map<String, Object> json = new LinkedHashMap<>();
        put(json, layer.descriptor());
        json.put("diffId", text(layer.diffId()));
        json.put("present", layer.present());
        json.put("annotations", layer.descriptor().annotations());
        return json;
    }

    private static Map<String, Object> configuration(ImageConfig configuration, Manifest manifest) {
        Execution execution = configuration.execution();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("created", configuration.created());
        json.put("author", configuration.author());
        json.put("user", execution.user());
        json.put("workingDirectory", execution.workingDirectory());
        json.put("entrypoint", execution.entrypoint());
        json.put("command", execution.command());
        json.put("environment", execution.environment());
        json.put("exposedPorts", execution.exposedPorts());
        json.put("volumes", execution.volumes());
        json.put("stopSignal", execution.stopSignal());
        json.put("labels", execution.labels());
        Healthcheck check = execution.healthcheck();
        json.put("healthcheck", check == null ? null : healthcheck(check));
        json.put(
                "history",
                configuration.history().stream()
                        .map(step -> step(step, manifest))
                        .toList());
        return json;
    }

    private static Map<String, Object> healthcheck(Healthcheck check) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("test", check.test());
        json.put("intervalMs", check.interval().toMillis());
        json.put("timeoutMs", check.timeout().toMillis());
        json.put("startPeriodMs", check.startPeriod().toMillis());
        json.put("startIntervalMs", check.startInterval().toMillis());
        json.put("retries", check.retries());
        return json;
    }

    private static Map<String, Object> step(Step step, Manifest manifest) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("created", step.created());
        json.put("createdBy", step.createdBy());
        json.put("author", step.author());
        json.put("comment", step.comment());
        json.put("emptyLayer", step.emptyLayer());
        Integer number = step.layer();
        Descriptor layer = number == null ? null : manifest.layers().get(number).descriptor();
        json.put("layer", layer == null ? null : layer.digest().toString());
        json.put("size", layer == null ? null : Long.valueOf(layer.size()));
        return json;
    }

    private static Map<String, Object> referrer(Referrer referrer) {
        Map<String, Object> json = new LinkedHashMap<>();
        put(json, referrer.descriptor());
        json.put("artifactType", referrer.artifactType());
        json.put("subject", referrer.subject().toString());
        json.put("tag", referrer.tag());
        json.put("annotations", referrer.descriptor().annotations());
        json.put("bytes", referrer.bytes());
        json.put("state", referrer.state().name().toLowerCase(Locale.ROOT));
        json.put(
                "referrers",
                referrer.referrers().stream().map(InspectJson::referrer).toList());
        return json;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
