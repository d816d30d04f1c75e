// SPDX-License-Identifier: Apache-2.0
/**
 * Where credentials for registries come from: {@link dev.jpull.credentials.CredentialSource} is asked for each host, and a program may
 * give its own.
 *
 * @since 0.1.0
 */
@NullMarked
package dev.jpull.credentials;

import org.jspecify.annotations.NullMarked;
