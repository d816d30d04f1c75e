// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.ImageConfig;
import dev.jpull.image.ImageConfig.Execution;
import dev.jpull.image.ImageConfig.Healthcheck;
import dev.jpull.image.ImageConfig.Step;
import dev.jpull.image.Platform;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations of images are read as docker and containerd read them. */
class ConfigJsonTest {
    private static ImageConfig parse(String json, int layers) {
        return ConfigJson.parse(json.getBytes(StandardCharsets.UTF_8), layers);
    }

    @Test
    void allOfAConfigurationIsRead() {
        ImageConfig config = parse("""
            {"created":"2024-05-06T07:08:09.123+02:00","author":"a","os":"linux","architecture":"arm64","variant":"v8",
             "config":{"User":"1000:1000","WorkingDir":"/app","Entrypoint":["/bin/app","-v"],"Cmd":["serve"],
              "Env":["PATH=/bin","A=b=c"],"ExposedPorts":{"80/tcp":{}},"Volumes":{"/data":{}},"StopSignal":"SIGINT",
              "Labels":{"z":"1","a":"2"},
              "Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":30000000000,"Timeout":5000000000,
               "StartPeriod":1000000000,"StartInterval":2000000000,"Retries":3},
              "Shell":["/bin/bash","-c"],"OnBuild":["RUN make","COPY . ."]},
             "history":[{"created":"2024-05-06T07:08:09Z","created_by":"ADD","author":"b","comment":"c"},
              {"created_by":"ENV","empty_layer":true}]}
            """, 1);
        assertThat(config.platform()).isEqualTo(new Platform("linux", "arm64", "v8"));
        assertThat(config.createdAt()).contains(Instant.parse("2024-05-06T05:08:09.123Z"));
        assertThat(config.author()).isEqualTo("a");
        assertThat(config.execution())
                .isEqualTo(new Execution(
                        "1000:1000",
                        "/app",
                        List.of("/bin/app", "-v"),
                        List.of("serve"),
                        List.of("PATH=/bin", "A=b=c"),
                        List.of("80/tcp"),
                        List.of("/data"),
                        "SIGINT",
                        Map.of("z", "1", "a", "2"),
                        new Healthcheck(
                                List.of("CMD-SHELL", "true"),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                3),
                        List.of("/bin/bash", "-c"),
                        List.of("RUN make", "COPY . .")));
        assertThat(config.execution().labels().keySet()).containsExactly("z", "a");
        assertThat(config.history())
                .containsExactly(
                        new Step("2024-05-06T07:08:09Z", "ADD", "b", "c", false, 0),
                        new Step("", "ENV", "", "", true, null));
    }

    @Test
    void whatIsNullIsEmpty() {
        ImageConfig config = parse("""
            {"created":null,"config":{"User":null,"Entrypoint":null,"Cmd":"one text","Env":[null],"ExposedPorts":null,
             "Volumes":null,"Labels":{"a":null},"Healthcheck":null},"rootfs":null,"history":null}
            """, 0);
        assertThat(config.createdAt()).isEmpty();
        assertThat(config.execution().user()).isEmpty();
        assertThat(config.execution().entrypoint()).isEmpty();
        assertThat(config.execution().command()).containsExactly("one text");
        assertThat(config.execution().environment()).containsExactly("");
        assertThat(config.execution().volumes()).isEmpty();
        assertThat(config.execution().labels()).containsEntry("a", "");
        assertThat(config.execution().healthcheck()).isNull();
        assertThat(config.execution().shell()).isEmpty();
        assertThat(config.execution().onBuild()).isEmpty();
        assertThat(config.history()).isEmpty();
        assertThat(parse("{}", 0).execution())
                .isEqualTo(parse("{\"config\":{}}", 0).execution());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0001-01-01", "yesterday", "2024-13-01T00:00:00Z"})
    void aDateThatIsNoneIsKeptAsText(String created) {
        ImageConfig config = parse("{\"created\":\"" + created + "\"}", 0);
        assertThat(config.created()).isEqualTo(created);
        assertThat(config.createdAt()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"config\":[]}",
                "{\"config\":{\"Cmd\":{}}}",
                "{\"config\":{\"Env\":[1]}}",
                "{\"config\":{\"Healthcheck\":{\"Interval\":\"30s\"}}}",
                "{\"config\":{\"Healthcheck\":{\"Retries\":99999999999999999999}}}",
                "{\"history\":[null]}"
            })
    void whatIsOfAnotherKindIsRefused(String json) {
        assertThatThrownBy(() -> parse(json, 0))
                .isInstanceOf(IntegrityException.class)
                .hasMessageStartingWith("the image configuration is not usable: ");
    }
}
