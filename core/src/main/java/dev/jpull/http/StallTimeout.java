// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * How long a host may be silent in the middle of an answer, where that differs from how long it may take to begin one.
 * OkHttp has one read timeout for both; the next request on the connection sets it again.
 *
 * @param limit the longest silence
 */
record StallTimeout(Duration limit) implements Interceptor {
    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        Duration allowed = FailoverTimeouts.stallOf(chain.request(), limit);
        Connection connection = chain.connection();
        if (connection != null) {
            connection.socket().setSoTimeout(Math.toIntExact(allowed.toMillis()));
        }
        response.body().source().timeout().timeout(allowed.toMillis(), TimeUnit.MILLISECONDS);
        return response;
    }
}
