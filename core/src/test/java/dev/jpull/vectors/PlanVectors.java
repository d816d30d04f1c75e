// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.Platform;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.resolve.PullPlan;
import dev.jpull.testdata.Vector;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Cases about what is fetched for an image. */
final class PlanVectors {
    private PlanVectors() {}

    static Outcome pullPlan(Vector vector) {
        JsonNode input = vector.input();
        Descriptor root = ValueVectors.descriptor(input.get("root"));
        try {
            Content content = new Content(input.get("content"));
            PullPlan plan = PullPlan.walk("image", root, options(input), content);
            TreeSet<String> fetched = new TreeSet<>();
            Stream.concat(plan.documents().stream(), plan.blobs().stream())
                    .forEach(descriptor -> fetched.add(name(input, descriptor.digest())));
            for (Descriptor other : plan.others()) {
                fetched.add(name(input, other.digest()));
                PullPlan.metadataOf(content.document(other))
                        .ifPresent(config -> fetched.add(name(input, config.digest())));
            }
            ObjectNode actual = Outcome.object();
            actual.set("fetched", Outcome.array(fetched));
            return Outcome.of(actual);
        } catch (PullException e) {
            return Outcome.error(ValueVectors.lower(e.kind()));
        }
    }

    private static PullPlan.Options options(JsonNode input) {
        String mode = input.get("mode").stringValue();
        boolean all = Outcome.flag(input, "all_platforms");
        boolean metadata = mode.startsWith("ctr") && !Outcome.flag(input, "skip_metadata");
        List<Platform> wanted = Outcome.texts(input.get("platforms")).stream()
                .map(text -> Platform.parse(text, ValueVectors.HOST))
                .toList();
        if (all && !wanted.isEmpty() && mode.equals("ctr")) {
            throw new ReferenceException("--platform and --all-platforms exclude each other");
        }
        if (all) {
            return new PullPlan.Options(PlatformMatcher.all(), 0, metadata);
        }
        List<Platform> platforms = wanted.isEmpty() ? List.of(ValueVectors.HOST) : wanted;
        return switch (mode) {
            case "ctr", "cri" ->
                new PullPlan.Options(PlatformMatcher.ordered(platforms, ValueVectors.HOST), 0, metadata);
            case "ctr_local" -> new PullPlan.Options(PlatformMatcher.any(platforms, ValueVectors.HOST), 0, metadata);
            case "cri_local" ->
                new PullPlan.Options(PlatformMatcher.only(platforms.get(0), ValueVectors.HOST), 1, false);
            default -> throw new IllegalArgumentException(mode);
        };
    }

    private static String name(JsonNode input, Digest digest) {
        JsonNode names = input.get("names");
        return names == null ? digest.toString() : Outcome.text(names, digest.toString(), digest.toString());
    }

    private record Content(JsonNode content) implements PullPlan.DocumentReader {
        @Override
        public List<ImageDocument> read(List<Descriptor> descriptors) {
            return descriptors.stream().map(this::document).toList();
        }

        private ImageDocument document(Descriptor descriptor) {
            byte[] bytes =
                    content.get(descriptor.digest().toString()).stringValue().getBytes(StandardCharsets.UTF_8);
            return DocumentJson.parse(bytes, descriptor.mediaType());
        }
    }
}
