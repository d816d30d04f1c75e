// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After which failures of a write the connection is still read. */
class ReadAheadSocketsTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            Broken pipe, true
            Broken pipe (Write failed), true
            Connection reset, true
            Connection reset by peer, true
            Connection reset by peer: socket write error, true
            Software caused connection abort: socket write error, true
            An established connection was aborted by the software in your host machine, true
            Operation not permitted, false
            No buffer space available, false
            Network is unreachable, false
            No route to host, false
            Socket closed, false
            """)
    void theConnectionHasEnded(String message, boolean ended) {
        assertThat(ReadAheadSockets.endsTheConnection(new SocketException(message)))
                .isEqualTo(ended);
    }

    @Test
    void aFailureWithoutAMessageIsThrown() {
        assertThat(ReadAheadSockets.endsTheConnection(new SocketException())).isFalse();
    }
}
