package dev.readback;

import dev.readback.probe.Probe;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.PersistenceExceptionTranslationAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.ReactiveMultipartAutoConfiguration;

/** Starts Readback, or its probe. */
@SpringBootApplication(
        proxyBeanMethods = false,
        // come with Spring Integration and WebFlux, and Readback has no transactions, aspects or uploads
        exclude = {
            AopAutoConfiguration.class,
            PersistenceExceptionTranslationAutoConfiguration.class,
            ReactiveMultipartAutoConfiguration.class,
            TransactionAutoConfiguration.class,
            TransactionManagerCustomizationAutoConfiguration.class
        })
public class ReadbackApplication {
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("probe")) {
            // Spring does not start for it, and so neither does logging
            System.exit(Probe.run(Arrays.copyOfRange(args, 1, args.length), System.out, System.err));
        }
        SecondSignal.endsTheProcess();
        SpringApplication.run(ReadbackApplication.class, args);
    }
}
