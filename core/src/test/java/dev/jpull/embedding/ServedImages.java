// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.ImageFactory.RawLayer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The images that the builds pull, and what their registry was asked for. */
final class ServedImages {
    static final String PLATFORM = "linux/amd64";

    private static final ImageFactory FACTORY = new ImageFactory(170);

    private static final Layer[] LAYERS = {
        new Layer(400_000, Compression.NONE), new Layer(300_000, Compression.NONE), new Layer(4_000, Compression.NONE)
    };

    private ServedImages() {}

    /** One image of three layers, too small to be fetched in segments, and not compressed, so that its digest is known. */
    static TestImage one() {
        return FACTORY.image(PLATFORM, LAYERS);
    }

    /** The same for two platforms. */
    static TestImage index() {
        return FACTORY.index(List.of(PLATFORM, "linux/arm64"), LAYERS);
    }

    /** One image with a layer of 12 MB. */
    static TestImage large() {
        return FACTORY.image(PLATFORM, new Layer(12_000_000, Compression.NONE), new Layer(4_000, Compression.GZIP));
    }

    /** Images of three layers each, of which neighbours share two. */
    static List<TestImage> overlapping(int count) {
        List<RawLayer> layers = new ArrayList<>();
        for (int i = 0; i < count + 2; i++) {
            layers.add(RawLayer.gzip(FACTORY.layerContent(PLATFORM, i, 200_000 + 1_000 * i)));
        }
        List<TestImage> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            images.add(FACTORY.image(PLATFORM, layers.subList(i, i + 3)));
        }
        return images;
    }

    /** Every blob of the images was requested by exactly one request. */
    static void assertEachBlobRequestedOnce(TestRegistry registry, List<TestImage> images) {
        Map<String, Long> times = registry.requests().stream()
                .filter(LoggedRequest::isForBlob)
                .map(request -> request.path().replaceFirst(".*/", ""))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(times.values())
                .as("requests for one blob: " + registry.lines())
                .containsOnly(1L);
        assertThat(times.keySet())
                .isEqualTo(images.stream()
                        .flatMap(image -> image.blobs().keySet().stream())
                        .collect(Collectors.toSet()));
    }
}
