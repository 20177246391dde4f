package io.trunkline.keys;

import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class KeysConfiguration {
    @Bean
    Vault vault(@Value("${trunkline.master-key-file}") Path file) {
        return new Vault(MasterKeys.read(file));
    }
}
