// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.RealServers;
import dev.jpull.testdata.TestImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** One module pulls from a docker-registry, whose access log tells what it was asked for. */
final class RealRegistryScene implements ConsumerScene {
    private static final Pattern BLOB = Pattern.compile("\"GET /v2/team/app/blobs/(sha256:[0-9a-f]{64})[? ]");

    private final ConsumerBuild build;
    private final TestImage image = ServedImages.one();
    private final Path files;
    private final RealServers servers;

    RealRegistryScene(ConsumerBuild build) {
        this.build = build;
        this.files = build.directory().resolve("target/servers");
        this.servers = new RealServers(files);
    }

    @Override
    public void before() throws Exception {
        image.writeLayout(Files.createDirectories(files.resolve("layout")), "app");
        int port = servers.registry("registry", "");
        servers.push(files.resolve("layout"), "app", port, "team/app:1");
        build.useHost("http://127.0.0.1:" + port);
    }

    @Override
    public void after() throws Exception {
        assertThat(build.log()).contains("registry.example/team/app:1@" + image.rootDigest());
        List<String> requested = BLOB.matcher(Files.readString(files.resolve("registry.log")))
                .results()
                .map(request -> request.group(1))
                .toList();
        assertThat(requested).containsExactlyInAnyOrderElementsOf(image.blobs().keySet());
    }

    @Override
    public void close() {
        servers.close();
    }
}
