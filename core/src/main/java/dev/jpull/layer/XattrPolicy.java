// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.RawPath;
import java.util.List;

/**
 * Which extended attributes a layer may set. Never those by which a file system that stacks layers is steered ({@code trusted.*},
 * {@code user.overlay.*}, {@code user.fuseoverlayfs.*}, {@code user.containers.*}), labels and signatures of the machine
 * ({@code security.*} but capabilities), and what the kernel derives from other things or what changes the modes of files that are
 * made later ({@code system.*}).
 */
final class XattrPolicy {
    static final String CAPABILITY = "security.capability";

    private static final String USER = "user.";
    private static final List<String> STACKING = List.of("user.overlay.", "user.fuseoverlayfs.", "user.containers.");

    private XattrPolicy() {}

    static boolean allows(RawPath name) {
        return name.is(CAPABILITY)
                || name.startsWith(USER)
                        && name.length() > USER.length()
                        && STACKING.stream().noneMatch(name::startsWith);
    }
}
