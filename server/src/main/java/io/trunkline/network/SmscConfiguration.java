package io.trunkline.network;

import io.trunkline.network.smsc.SmscSettings;
import io.trunkline.network.smsc.Smscs;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The SMSCs that are configured: one, or several of which each may differ by options of its own name. */
@Configuration(proxyBeanMethods = false)
class SmscConfiguration {
    private static final String PREFIX = "trunkline.smsc.";

    /** What is told of connections. */
    record Timing(Duration connectTimeout, Duration responseTimeout, Duration enquireLink, Duration longestBackoff) {}

    /** What is told of binds. */
    record Binding(
            String systemId, String password, String systemType, String mode, int binds, int window, int perSecond) {}

    /** What is told of messages. */
    record Wording(String concatenation, String ids, String prefixes) {}

    @Bean
    Timing smscTiming(
            @Value("${trunkline.smsc.connect-timeout:5s}") Duration connectTimeout,
            @Value("${trunkline.smsc.response-timeout:10s}") Duration responseTimeout,
            @Value("${trunkline.smsc.enquire-link:30s}") Duration enquireLink,
            @Value("${trunkline.smsc.longest-backoff:30s}") Duration longestBackoff) {
        return new Timing(connectTimeout, responseTimeout, enquireLink, longestBackoff);
    }

    @Bean
    Binding smscBinding(
            @Value("${trunkline.smsc.system-id:trunkline}") String systemId,
            @Value("${trunkline.smsc.password:}") String password,
            @Value("${trunkline.smsc.system-type:}") String systemType,
            @Value("${trunkline.smsc.mode:transceiver}") String mode,
            @Value("${trunkline.smsc.binds:1}") int binds,
            @Value("${trunkline.smsc.window:50}") int window,
            @Value("${trunkline.smsc.per-second:0}") int perSecond) {
        return new Binding(systemId, password, systemType, mode, binds, window, perSecond);
    }

    @Bean
    Wording smscWording(
            @Value("${trunkline.smsc.concatenation:udh}") String concatenation,
            @Value("${trunkline.smsc.ids:alike}") String ids,
            @Value("${trunkline.smsc.prefixes:}") String prefixes) {
        return new Wording(concatenation, ids, prefixes);
    }

    @Bean
    Smscs smscs(
            @Value("${trunkline.smsc.names:}") String names,
            @Value("${trunkline.smsc.host:}") String host,
            @Value("${trunkline.smsc.port:2775}") int port,
            @Value("${trunkline.smsc.tls:false}") boolean tls,
            @Value("${trunkline.smsc.trusted-certificates:}") String trusted,
            Timing timing,
            Binding binding,
            Wording wording,
            Environment environment) {
        List<String> all = names.isBlank() ? (host.isBlank() ? List.of() : List.of("smsc")) : list(names);
        return new Smscs(all.stream()
                .map(name -> {
                    var own = new Own(environment, name);
                    return new SmscSettings(
                            name,
                            own.text("host", host),
                            own.value("port", port, Integer::valueOf),
                            own.text("system-id", binding.systemId()),
                            own.text("password", binding.password()),
                            own.text("system-type", binding.systemType()),
                            word(own.text("mode", binding.mode()), SmscSettings.Mode::valueOf),
                            own.value("binds", binding.binds(), Integer::valueOf),
                            own.value("window", binding.window(), Integer::valueOf),
                            own.value("per-second", binding.perSecond(), Integer::valueOf),
                            word(
                                    own.text("concatenation", wording.concatenation()),
                                    SmscSettings.Concatenation::valueOf),
                            word(own.text("ids", wording.ids()), SmscSettings.Ids::valueOf),
                            list(own.text("prefixes", wording.prefixes())),
                            own.value("tls", tls, Boolean::valueOf),
                            own.text("trusted-certificates", trusted),
                            own.value("connect-timeout", timing.connectTimeout(), DurationStyle::detectAndParse),
                            own.value("response-timeout", timing.responseTimeout(), DurationStyle::detectAndParse),
                            own.value("enquire-link", timing.enquireLink(), DurationStyle::detectAndParse),
                            own.value("longest-backoff", timing.longestBackoff(), DurationStyle::detectAndParse));
                })
                .toList());
    }

    /** What one SMSC has of its own, e.g. {@code trunkline.smsc.east.window}; else what holds for all. */
    private record Own(Environment environment, String name) {
        String text(String option, String ofAll) {
            return environment.getProperty(PREFIX + name + "." + option, ofAll);
        }

        <T> T value(String option, T ofAll, Function<String, T> reader) {
            String own = environment.getProperty(PREFIX + name + "." + option);
            return own == null ? ofAll : reader.apply(own);
        }
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static <T> T word(String text, Function<String, T> reader) {
        return reader.apply(text.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
