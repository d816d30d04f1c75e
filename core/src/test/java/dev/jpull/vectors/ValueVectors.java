// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import dev.jpull.error.ReferenceException;
import dev.jpull.http.Challenge;
import dev.jpull.http.WarningHeader;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.image.Platform;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.manifest.ChainId;
import dev.jpull.manifest.DescriptorJson;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.testdata.Vector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Cases about values: references, digests, media types, platforms, headers. */
final class ValueVectors {
    static final Platform HOST = new Platform("linux", "amd64", "");

    private ValueVectors() {}

    static Outcome dockerReference(Vector vector) {
        try {
            ImageReference reference =
                    ImageReference.parse(vector.input().get("ref").stringValue());
            ObjectNode actual = Outcome.object()
                    .put("canonical", reference.toString())
                    .put("domain", reference.domain())
                    .put("path", reference.path())
                    .put("familiar", reference.familiar());
            if (reference.tag() != null) {
                actual.put("tag", reference.tag());
            }
            if (reference.digest() != null) {
                actual.put("digest", reference.digest().toString());
            }
            return Outcome.of(actual);
        } catch (ReferenceException e) {
            return Outcome.error();
        }
    }

    static Outcome ctrReference(Vector vector) {
        try {
            ImageReference reference =
                    ImageReference.parse(vector.input().get("ref").stringValue());
            ObjectNode actual = Outcome.object()
                    .put("hostname", reference.domain())
                    .put("repository", reference.path())
                    .put("locator", reference.name())
                    .put("tag", reference.tag() == null ? "" : reference.tag())
                    .put(
                            "digest",
                            reference.digest() == null ? "" : reference.digest().toString());
            actual.put("object", reference.digest() == null ? reference.tag() : "@" + reference.digest());
            actual.put("string", reference.toString());
            return Outcome.of(actual);
        } catch (ReferenceException e) {
            return Outcome.error();
        }
    }

    static Outcome digest(Vector vector) {
        Digest.Flaw flaw = Digest.check(vector.input().get("digest").stringValue());
        ObjectNode actual = Outcome.object().put("valid", flaw == null);
        if (flaw != null) {
            actual.put(
                    "error",
                    switch (flaw) {
                        case FORMAT -> "digest_invalid_format";
                        case LENGTH -> "digest_invalid_length";
                        case UNSUPPORTED -> "digest_unsupported";
                    });
        }
        return Outcome.of(actual);
    }

    static Outcome chainId(Vector vector) {
        List<Digest> chain = ChainId.chain(Outcome.texts(vector.input().get("diff_ids")).stream()
                .map(Digest::parse)
                .toList());
        ObjectNode actual = Outcome.object()
                .put(
                        "chain_id",
                        chain.isEmpty() ? "" : chain.get(chain.size() - 1).toString());
        actual.set("chain_ids", Outcome.array(chain));
        return Outcome.of(actual);
    }

    static Outcome mediaType(Vector vector) {
        MediaType type = new MediaType(vector.input().get("media_type").stringValue());
        return Outcome.of(Outcome.object()
                .put("attestation", type.isAttestation())
                .put("config", type.isImageConfig())
                .put(
                        "diff_compression",
                        type.layerCompression()
                                .map(MediaType.Compression::label)
                                .orElse("error"))
                .put("index", type.isIndex())
                .put("known_config", type.isKnownConfig())
                .put("layer", type.isLayer())
                .put("manifest", type.isManifest())
                .put("non_distributable", type.isNonDistributable()));
    }

    static Outcome platformParse(Vector vector) {
        Platform host = new Platform(
                Outcome.text(vector.input(), "host_os", "linux"),
                Outcome.text(vector.input(), "host_arch", "amd64"),
                "");
        try {
            Platform platform = Platform.parse(vector.input().get("specifier").stringValue(), host);
            ObjectNode actual =
                    Outcome.object().put("format", platform.toString()).put("format_all", platform.formatAll());
            actual.set("platform", json(platform));
            return Outcome.of(actual);
        } catch (ReferenceException e) {
            return Outcome.error();
        }
    }

    static Outcome platformNormalize(Vector vector) {
        Platform host = new Platform(Outcome.text(vector.input(), "host_os", "linux"), "amd64", "");
        ObjectNode actual = Outcome.object();
        actual.set("platform", json(platform(vector.input().get("platform")).normalised(host)));
        return Outcome.of(actual);
    }

    static Outcome platformMatch(Vector vector) {
        Platform offered = platform(vector.input().get("platform"));
        return Outcome.of(Outcome.object().put("match", matcher(vector.input()).matches(offered)));
    }

    static Outcome platformSelect(Vector vector) {
        int limit = vector.input().get("limit") == null
                ? 0
                : vector.input().get("limit").intValue();
        List<Descriptor> manifests = new ArrayList<>();
        vector.input().get("manifests").forEach(manifest -> manifests.add(descriptor(manifest)));
        PlatformMatcher matcher = matcher(vector.input());
        List<Descriptor> selected = limit == 0 ? matcher.filter(manifests) : matcher.select(manifests, limit);
        if (selected.isEmpty() && limit > 0) {
            return Outcome.error("not_found");
        }
        ObjectNode actual = Outcome.object();
        actual.set(
                "selected",
                Outcome.array(
                        selected.stream().map(d -> d.annotations().get("id")).toList()));
        return Outcome.of(actual);
    }

    static Outcome warningHeader(Vector vector) {
        return Outcome.of(Outcome.object()
                .put(
                        "text",
                        WarningHeader.text(vector.input().get("value").stringValue())
                                .orElse(null)));
    }

    static Outcome wwwAuthenticate(Vector vector) {
        ObjectNode actual = Outcome.object();
        ArrayNode challenges = actual.putArray("challenges");
        for (Challenge challenge : Challenge.parse(Outcome.texts(vector.input().get("headers")))) {
            ObjectNode json = challenges.addObject().put("scheme", challenge.scheme());
            ObjectNode params = json.putObject("params");
            challenge.params().forEach(params::put);
        }
        return Outcome.of(actual);
    }

    static Outcome ingestRef(Vector vector) {
        Digest digest = Digest.parse(vector.input().get("desc").get("digest").stringValue());
        return Outcome.of(
                Outcome.object().put("blob", "blobs/" + digest.algorithm().label() + "/" + digest.hex()));
    }

    /** A descriptor as the engine reads it. */
    static Descriptor descriptor(JsonNode json) {
        try {
            return DescriptorJson.descriptor(JsonValue.parse(json.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (JsonException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static PlatformMatcher matcher(JsonNode input) {
        List<Platform> want = Outcome.texts(input.get("want")).stream()
                .map(text -> Platform.parse(text, HOST))
                .toList();
        return switch (input.get("matcher").stringValue()) {
            case "only" -> PlatformMatcher.only(want.get(0), HOST);
            case "only_strict" -> PlatformMatcher.onlyStrict(want.get(0), HOST);
            case "ordered" -> PlatformMatcher.ordered(want, HOST);
            case "any" -> PlatformMatcher.any(want, HOST);
            case "all" -> PlatformMatcher.all();
            // Chooses an unpacker in containerd; jpull has none, and the table of deviations says so.
            case "only_os" -> PlatformMatcher.all();
            default -> throw new IllegalArgumentException(input.toString());
        };
    }

    private static Platform platform(JsonNode json) {
        return new Platform(
                Outcome.text(json, "os", ""),
                Outcome.text(json, "architecture", ""),
                Outcome.text(json, "variant", ""),
                Outcome.text(json, "os.version", ""),
                Outcome.texts(json.get("os.features")));
    }

    private static ObjectNode json(Platform platform) {
        ObjectNode json = Outcome.object().put("os", platform.os()).put("architecture", platform.architecture());
        if (!platform.variant().isEmpty()) {
            json.put("variant", platform.variant());
        }
        if (!platform.osVersion().isEmpty()) {
            json.put("os.version", platform.osVersion());
        }
        if (!platform.osFeatures().isEmpty()) {
            json.set("os.features", Outcome.array(platform.osFeatures()));
        }
        return json;
    }

    static String lower(Object value) {
        return String.valueOf(value).toLowerCase(Locale.ROOT);
    }
}
