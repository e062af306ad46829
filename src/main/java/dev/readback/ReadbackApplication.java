package dev.readback;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts Readback. */
@SpringBootApplication(proxyBeanMethods = false)
public class ReadbackApplication {
    public static void main(String[] args) {
        SecondSignal.endsTheProcess();
        SpringApplication.run(ReadbackApplication.class, args);
    }
}
