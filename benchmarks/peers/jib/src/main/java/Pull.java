// SPDX-License-Identifier: Apache-2.0

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import java.nio.file.Path;

/** Pulls an image with jib, which cannot do it but as the base of another image: here one that adds nothing to it. */
public final class Pull {
    private Pull() {}

    /** Arguments: the reference and a directory. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[1]);
        Jib.from(RegistryImage.named(args[0]))
                .containerize(Containerizer.to(TarImage.at(directory.resolve("image.tar")).named("x"))
                        .setBaseImageLayersCache(directory.resolve("base"))
                        .setApplicationLayersCache(directory.resolve("application"))
                        .setAllowInsecureRegistries(true));
    }
}
