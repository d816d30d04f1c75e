// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.util.SortedMap;

/**
 * What a directory has under one name.
 *
 * @param type as in find: f, d, l, p, c, b, s
 * @param mode permissions with set-user-ID, set-group-ID and sticky bits
 * @param uid the owner
 * @param gid the group
 * @param size in bytes
 * @param modified seconds with nanoseconds, in decimal digits
 * @param changed when the inode was changed, as {@code modified}
 * @param inode the inode number
 * @param links how many names the inode has
 * @param target of a symbolic link, with odd bytes escaped
 * @param sha256 of the content of a file, or empty where it cannot be read
 * @param device major and minor number of a device, in hexadecimal digits, or empty
 * @param xattrs extended attributes, names and values as getfattr prints them
 */
public record TreeNode(
        char type,
        int mode,
        long uid,
        long gid,
        long size,
        String modified,
        String changed,
        long inode,
        int links,
        String target,
        String sha256,
        String device,
        SortedMap<String, String> xattrs) {}
