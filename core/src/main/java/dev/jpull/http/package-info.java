// SPDX-License-Identifier: Apache-2.0
/** HTTP to one endpoint: TLS, client certificates, headers, proxies, redirects, authentication and tracing. */
@NullMarked
package dev.jpull.http;

import org.jspecify.annotations.NullMarked;
