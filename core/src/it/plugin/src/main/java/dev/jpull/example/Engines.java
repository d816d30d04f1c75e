// SPDX-License-Identifier: Apache-2.0
package dev.jpull.example;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.credentials.CredentialSource;
import java.io.File;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.maven.AbstractMavenLifecycleParticipant;
import org.apache.maven.execution.MavenSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One engine for each combination of settings, shared by all modules of a build, and closed when the build ends. */
public class Engines extends AbstractMavenLifecycleParticipant {
    private static final Logger LOGGER = LoggerFactory.getLogger(Engines.class);

    /** Static, because Maven makes the object that hears of the end of the build, and no goal can get it. */
    private static final Map<Settings, ImagePuller> ENGINES = new ConcurrentHashMap<>();

    /** Static for the same reason. Whether the end of the build will be heard of: only plugins with {@code <extensions>} are told. */
    private static volatile boolean extension;

    /** What an engine is made of; no hosts directory means the registry configuration of the machine, no lock file none. */
    record Settings(File store, File hostsDirectory, File lockFile, boolean locked) {}

    static ImagePuller engine(Settings settings) {
        return ENGINES.computeIfAbsent(settings, Engines::make);
    }

    private static ImagePuller make(Settings settings) {
        if (!extension && ENGINES.isEmpty()) {
            LOGGER.warn("the POM has no <extensions>true</extensions> for this plugin: its engines are closed with the process only");
        }
        ImagePullerBuilder builder = ImagePuller.builder()
                .store(settings.store().toPath())
                .userCredentials(CredentialSource.ofUser(System.getenv()))
                .locked(settings.locked()); // refused by build() when there is no lock file
        if (settings.hostsDirectory() != null) {
            builder.hostsDirectory(settings.hostsDirectory().toPath());
        }
        if (settings.lockFile() != null) {
            builder.lockFile(settings.lockFile().toPath());
        }
        return builder.build();
    }

    @Override
    public void afterProjectsRead(MavenSession session) {
        extension = true;
    }

    @Override
    public void afterSessionEnd(MavenSession session) {
        LOGGER.debug("closing {} engines", ENGINES.size());
        ENGINES.values().forEach(ImagePuller::close);
        ENGINES.clear();
    }
}
