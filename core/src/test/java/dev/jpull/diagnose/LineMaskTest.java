// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an excerpt shows of a line, in each language, and what it hides. */
class LineMaskTest {
    /** The last line of the text, whose lines are separated by broken bars. */
    private static String shown(String file, String text) {
        List<String> lines = List.of(text.split("¦"));
        return new LineMask(Path.of(file), lines).shown(lines.size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '⇒', quoteCharacter = '`', textBlock = """
                    hosts.toml ⇒ server = "https://user:hunter2@q.io" ⇒ server = "https://************@q.io"
                    hosts.toml ⇒ server = https://q.io ⇒ server = https://q.io
                    hosts.toml ⇒ capabilites = ["pull"] ⇒ capabilites = ["pull"]
                    hosts.toml ⇒ [host."https://m.corp"] ⇒ [host."https://m.corp"]
                    hosts.toml ⇒ [host."https://m.corp"]¦ header = {x-key = "hunter2"} ⇒ header = {x-key = "*******"}
                    hosts.toml ⇒ [host."https://m.corp".header]¦ server = "hunter2" ⇒ server = "*******"
                    hosts.toml ⇒ [host."https://m.corp".rewrite]¦ "^a" = "b" ⇒ "^a" = "b"
                    hosts.toml ⇒ header.x = "hunter2" ⇒ header.x = "*******"
                    hosts.toml ⇒ ca = "a.crt" # hunter2 ⇒ ca = "a.crt" # *******
                    hosts.toml ⇒ pasword = hunter2 ⇒ pasword = *******
                    hosts.toml ⇒ capabilities = [¦ "pull", ⇒ "pull",
                    config.toml ⇒ username = "x"¦ password = [¦ "https://hunter2" ⇒ "***************"
                    registries.conf ⇒ locatoin = "m.corp/hub" ⇒ locatoin = "m.corp/hub"
                    registries.conf ⇒ [aliases]¦ "app" = "q.io/app" ⇒ "app" = "q.io/app"
                    registries.conf ⇒ [[registry.mirrors]] ⇒ [[registry.mirrors]]
                    registries.yaml ⇒ endpoints: [https://m.corp:5000/v2] ⇒ endpoints: [https://m.corp:5000/v2]
                    registries.yaml ⇒ endpoint:¦  - https://m.corp?t=hunter2 ⇒ - https://m.corp?*********
                    registries.yaml ⇒ "quay.io:5000": ⇒ "quay.io:5000":
                    registries.yaml ⇒ username: a¦password: hunter2= ⇒ password: ********
                    registries.yaml ⇒ auth:¦  server: hunter2 ⇒ server: *******
                    registries.yaml ⇒ auth: {server: hunter2, token: "hunter2"} ⇒ auth: {server: *******, token: "*******"}
                    registries.yaml ⇒ password: >¦  https://hunter2 ⇒ ***************
                    registries.yaml ⇒ password: hunter2: x ⇒ password: *******: *
                    registries.yaml ⇒ auth: bob:hunter2 ⇒ auth: ***********
                    registries.yaml ⇒ auth:¦  password: |¦    hunter2: x ⇒ *******: *
                    registries.yaml ⇒ auth:¦  password: x ⇒ password: *
                    registries.yaml ⇒ "bob:hunter2@m.corp": ⇒ "***********@m.corp":
                    registries.yaml ⇒ https://bob:hunter2@m.corp: ⇒ https://***********@m.corp:
                    registries.yaml ⇒ password: @hunter2 ⇒ password: ********
                    registries.yaml ⇒ @hunter2 ⇒ ********
                    registries.yaml ⇒ endpoint: ["https://m.corp#hunter2"] ⇒ endpoint: ["https://m.corp#*******"]
                    registries.conf ⇒ location = "u:hunter2@m.corp" ⇒ location = "*********@m.corp"
                    registries.yaml ⇒ rewrite:¦  "^a/(.*)?": b/$1 ⇒ "^a/(.*)?": b/$1
                    daemon.json ⇒ {"registry-mirrors": ["https://m.corp", 1], "x": "hunter2"} ⇒ {"registry-mirrors": ["https://m.corp", 1], "x": "*******"}
                    daemon.json ⇒ {"auths": {"q.io": {"auth":"hunter2"}}} ⇒ {"auths": {"****": {"auth":"*******"}}}
                    daemon.json ⇒ {"proxies": {"http-proxy": "http://u:hunter2@p:1"}} ⇒ {"proxies": {"http-proxy": "http://*********@p:1"}}
                    """)
    void secretsAreHiddenAndNothingElse(String file, String text, String expected) {
        assertThat(shown(file, text).strip()).isEqualTo(expected);
    }
}
