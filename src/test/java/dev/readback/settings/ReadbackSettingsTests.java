package dev.readback.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.readback.frame.RawFraming;
import dev.readback.testing.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/** What users set arrives as it was meant, or not at all. */
class ReadbackSettingsTests {

    @Test
    void listensOnTheOriginsPortWhenNothingIsSet() {
        ReadbackSettings settings = Settings.all();
        assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.listeners()).containsOnlyKeys("echo");
        ListenerSettings echo = settings.listeners().values().iterator().next();
        assertThat(echo)
                .returns(12345, ListenerSettings::port)
                .returns(null, ListenerSettings::address)
                .returns(true, ListenerSettings::enabled)
                .returns(true, ListenerSettings::echo)
                .returns(AcknowledgementTemplate.valueOf("\ni get it!\n"), ListenerSettings::acknowledgement)
                .returns(HalfClose.ANSWER_THEN_CLOSE, ListenerSettings::halfClose)
                .returns("", ListenerSettings::timeoutNotice);
        assertThat(echo.framing().framing()).isEqualTo(new RawFraming(4096));
        assertThat(echo.timeouts().idle()).isEqualTo(Duration.ofSeconds(5));
        assertThat(echo.timeouts().write()).isEqualTo(Duration.ofSeconds(5));
        assertThat(echo.timeouts().firstByte()).isZero();
        assertThat(echo.timeouts().lifetime()).isZero();
        assertThat(echo.timeouts().halfOpen()).isZero();
        assertThat(echo.timeouts().linger()).isEqualTo(Duration.ofSeconds(2));
        assertThat(echo.proxyProtocol()).isEqualTo(new ProxyProtocolSettings(ProxyProtocol.OFF, List.of()));
        assertThat(echo.access()).isEqualTo(new AccessSettings(List.of(), List.of()));
        assertThat(echo.limits()).isEqualTo(new LimitSettings(10_000, 0));
    }

    @Test
    void keepsNoDefaultListenerBesideThoseThatAreSet() {
        assertThat(Settings.all("readback.listeners.a.port=1", "readback.listeners.b.port=2")
                        .listeners())
                .containsOnlyKeys("a", "b");
    }

    @ParameterizedTest
    @CsvSource({"7, PT7S", "7s, PT7S", "500ms, PT0.5S", "2m, PT2M", "0, PT0S", "PT9S, PT9S", "365d, P365D"})
    void readsDurationsAndTakesANumberForSeconds(String written, Duration meant) {
        assertThat(Settings.listener("timeouts.idle=" + written).timeouts().idle())
                .isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"1B, 1", "100, 100", "4KB, 4096", "1MB, 1048576"})
    void readsSizesAndTakesANumberForBytes(String written, int meant) {
        assertThat(Settings.listener("framing.max-length=" + written).framing().framing())
                .isEqualTo(new RawFraming(meant));
    }

    @Test
    void readsOffInYamlWhereItIsABoolean() throws IOException {
        String yaml = """
                readback.listeners.test:
                  proxy-protocol: { mode: off, trusted: [] }
                  access: { allow: [10.0.0.0/8, "2001:db8::/32"], deny: [10.9.0.0/16] }
                """;
        var source = new YamlPropertySourceLoader()
                .load("test", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                .get(0);
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(source);
        ReadbackSettings settings =
                Binder.get(environment).bind("readback", ReadbackSettings.class).get();
        ListenerSettings listener = settings.listeners().values().iterator().next();
        assertThat(listener.proxyProtocol().mode()).isEqualTo(ProxyProtocol.OFF);
        assertThat(listener.access().allow()).hasToString("[10.0.0.0/8, 2001:db8::/32]");
        assertThat(listener.access().deny()).hasToString("[10.9.0.0/16]");
    }

    @Test
    void readsBlocksWithCommasBetweenThem() {
        assertThat(Settings.listener("access.allow=10.0.0.0/8, 192.0.2.7")
                        .access()
                        .allow())
                .containsExactly(AddressBlock.valueOf("10.0.0.0/8"), AddressBlock.valueOf("192.0.2.7"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limits.connections=-1",
                "limits.connections-per-address=-1",
                "port=-1",
                "port=65536",
                "timeouts.idle=-1s",
                "timeouts.write=366d",
                "timeouts.first-byte=-1ms",
                "timeouts.lifetime=-1s",
                "timeouts.half-open=-1s",
                "timeouts.linger=-1s",
                "framing.max-length=0B",
                "framing.max-length=1048577B",
            })
    void refusesWhatIsOutOfRange(String setting) {
        String property = setting.substring(0, setting.indexOf('='));
        assertThatThrownBy(() -> Settings.listener(setting))
                .rootCause()
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(property.substring(property.lastIndexOf('.') + 1))
                .hasMessageContaining("allowed is");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "echo", "echo-2", "0", "a2345678901234567890123456789012345678901234567890123456789012x"})
    void takesNamesThatAreDnsLabels(String name) {
        assertThat(Settings.all("readback.listeners." + name + ".port=1").listeners())
                .containsOnlyKeys(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Echo", "a-", "a_b", "a2345678901234567890123456789012345678901234567890123456789012xy"})
    void refusesNamesThatAreNoDnsLabels(String name) {
        assertThatThrownBy(() -> Settings.all("readback.listeners." + name + ".port=1"))
                .rootCause()
                .hasMessageContaining("'" + name + "'");
    }

    @Test
    void refusesTwoListenersOnOnePort() {
        assertThatThrownBy(() -> Settings.all("readback.listeners.a.port=7", "readback.listeners.b.port=7"))
                .rootCause()
                .hasMessageContaining(".port is 7")
                .hasMessageContaining("has it too");
    }

    @Test
    void takesOnePortOnTwoAddressesAndForADisabledListener() {
        assertThat(Settings.all(
                                "readback.listeners.a.port=7",
                                "readback.listeners.a.address=127.0.0.1",
                                "readback.listeners.b.port=7",
                                "readback.listeners.b.address=127.0.0.2",
                                "readback.listeners.c.port=7",
                                "readback.listeners.c.address=127.0.0.1",
                                "readback.listeners.c.enabled=false")
                        .listeners())
                .hasSize(3);
    }
}
