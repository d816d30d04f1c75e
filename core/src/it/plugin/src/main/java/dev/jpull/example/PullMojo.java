// SPDX-License-Identifier: Apache-2.0
package dev.jpull.example;

import dev.jpull.ImagePuller;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.error.PullException;
import java.io.File;
import java.util.List;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Pulls container images into an OCI image layout that all modules of the build share. */
@Mojo(name = "pull", defaultPhase = LifecyclePhase.GENERATE_RESOURCES, threadSafe = true)
public class PullMojo extends AbstractMojo {
    /** The images, such as {@code busybox:1.36}. */
    @Parameter(property = "jpull.images", required = true)
    private List<String> images;

    /** The platform, such as {@code linux/arm64}; that of this machine when it is not set. */
    @Parameter(property = "jpull.platform")
    private String platform;

    /** The registry hosts, as containerd has them; the configuration of this machine when it is not set. */
    @Parameter(property = "jpull.hostsDirectory")
    private File hostsDirectory;

    /** The OCI image layout. */
    @Parameter(property = "jpull.store", defaultValue = "${session.executionRootDirectory}/target/images")
    private File store;

    /** Whether images come from the store alone; the default is what {@code mvn -o} says. */
    @Parameter(property = "jpull.offline", defaultValue = "${settings.offline}")
    private boolean offline;

    /** The lock file: which digest each tag had when its image was pulled first; none when it is not set. */
    @Parameter(property = "jpull.lockFile")
    private File lockFile;

    /** Whether an image that is not in the lock file, or whose tag has moved, fails the build. */
    @Parameter(property = "jpull.locked", defaultValue = "false")
    private boolean locked;

    @Override
    public void execute() throws MojoFailureException {
        try {
            ImagePuller engine = Engines.engine(new Engines.Settings(store, hostsDirectory, lockFile, locked));
            List<PullRequest> requests = images.stream().map(this::request).toList();
            for (PulledImage image : engine.pullAll(requests)) {
                getLog().info(image.name() + "@" + image.digest() + ", " + image.bytesFetched() + " bytes fetched");
                image.warnings().forEach(getLog()::warn);
            }
        } catch (PullException e) {
            e.attempts().forEach(attempt -> getLog().error(attempt.toString()));
            throw new MojoFailureException(e.getMessage(), e);
        }
    }

    private PullRequest request(String image) {
        PullRequest.Builder request = PullRequest.builder(image).offline(offline);
        if (platform != null) {
            request.platform(platform);
        }
        return request.build();
    }
}
