// SPDX-License-Identifier: Apache-2.0

import java.nio.file.Path;
import land.oras.ContainerRef;
import land.oras.CopyUtils;
import land.oras.LayoutRef;
import land.oras.OCILayout;
import land.oras.Registry;

/** Pulls an image into an OCI layout with the SDK of ORAS. */
public final class Pull {
    private Pull() {}

    /** Arguments: the reference, a directory, and whether the registry speaks TLS. */
    public static void main(String[] args) {
        Registry.Builder registry = Registry.builder();
        if (Boolean.parseBoolean(args[2])) {
            registry.withSkipTlsVerify(true);
        } else {
            registry.withInsecure(true);
        }
        Path layout = Path.of(args[1], "layout");
        CopyUtils.copy(
                registry.build(),
                ContainerRef.parse(args[0]),
                OCILayout.builder().defaults(layout).build(),
                LayoutRef.parse(layout + ":1"),
                CopyUtils.CopyOptions.shallow());
        System.exit(0); // its threads would go on
    }
}
