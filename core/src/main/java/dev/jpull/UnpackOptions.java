// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.ReferenceException;
import dev.jpull.pull.UnpackTarget;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an image becomes a directory. Immutable. By default, files get their owners if this process belongs to root, and else
 * the user of this process; the directory must be empty or new.
 *
 * @since 0.1.0
 */
public final class UnpackOptions {
    private static final long MAX_ID = 0xFFFF_FFFEL;
    private static final UnpackOptions DEFAULT = builder().build();

    private final Builder values;

    private UnpackOptions(Builder values) {
        this.values = values;
    }

    /** {@return the defaults} */
    public static UnpackOptions defaults() {
        return DEFAULT;
    }

    /** {@return a builder with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return whether files get the owners that the image gives them; null when that depends on whether this process is root's} */
    public @Nullable Boolean owners() {
        return values.owners;
    }

    /** {@return the user ID that all files get, or null} */
    public @Nullable Long uid() {
        return values.uid;
    }

    /** {@return the group ID that all files get, or null} */
    public @Nullable Long gid() {
        return values.gid;
    }

    /** {@return the paths to unpack, with all that is below them; empty for the whole image} */
    public List<String> only() {
        return List.copyOf(values.only);
    }

    /** {@return whether the directory may have content} */
    public boolean force() {
        return values.force;
    }

    /** The target as the engine takes it. */
    UnpackTarget target(Path directory) {
        return new UnpackTarget(directory, values.force, values.only, values.owners, values.uid, values.gid);
    }

    /** Builds {@link UnpackOptions}. For use by one thread. */
    public static final class Builder {
        private final List<String> only = new ArrayList<>();
        private @Nullable Boolean owners;
        private @Nullable Long uid;
        private @Nullable Long gid;
        private boolean force;

        private Builder() {}

        private Builder(Builder other) {
            only.addAll(other.only);
            owners = other.owners;
            uid = other.uid;
            gid = other.gid;
            force = other.force;
        }

        /**
         * Whether files get the owners that the image gives them, which takes the rights of root. Without them, set-user-ID and
         * set-group-ID bits are left out as well.
         *
         * @param wanted whether files get their owners
         * @return this builder
         */
        public Builder owners(boolean wanted) {
            owners = wanted;
            return this;
        }

        /**
         * Gives all files this owner.
         *
         * @param id a numeric user ID, from 0 to 4294967294
         * @return this builder
         * @throws ReferenceException if it is not in that range
         */
        public Builder uid(long id) {
            uid = checked(id, "user");
            return this;
        }

        /**
         * Gives all files this group.
         *
         * @param id a numeric group ID, from 0 to 4294967294
         * @return this builder
         * @throws ReferenceException if it is not in that range
         */
        public Builder gid(long id) {
            gid = checked(id, "group");
            return this;
        }

        private static long checked(long id, String what) {
            if (id < 0 || id > MAX_ID) {
                throw new ReferenceException("the " + what + " ID " + id + " is not from 0 to " + MAX_ID);
            }
            return id;
        }

        /**
         * Adds a path to unpack, with all that is below it; the rest of the image is not written. Links on the way to it are
         * followed within the image.
         *
         * @param path within the image, such as {@code /etc/os-release} or {@code usr/share/doc}
         * @return this builder
         * @throws ReferenceException if it is empty or has a NUL
         */
        public Builder only(String path) {
            if (Objects.requireNonNull(path, "path").isEmpty()
                    || path.indexOf('\0') >= 0
                    || path.getBytes(StandardCharsets.UTF_8).length > 4096) {
                throw new ReferenceException("a path within an image has 1 to 4096 bytes and no NUL");
            }
            only.add(path);
            return this;
        }

        /**
         * Whether the directory may have content: files of the image take the place of those with the same names.
         *
         * @param wanted whether content may be there
         * @return this builder
         */
        public Builder force(boolean wanted) {
            force = wanted;
            return this;
        }

        /** {@return the options} The builder can be used again, and does not change them any more. */
        public UnpackOptions build() {
            return new UnpackOptions(new Builder(this));
        }
    }
}
