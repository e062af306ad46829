package dev.readback.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.serializer.Deserializer;
import org.springframework.core.serializer.Serializer;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.endpoint.EventDrivenConsumer;
import org.springframework.integration.handler.AbstractReplyProducingMessageHandler;
import org.springframework.integration.ip.tcp.connection.AbstractServerConnectionFactory;
import org.springframework.integration.ip.tcp.connection.TcpNetServerConnectionFactory;
import org.springframework.integration.ip.tcp.connection.TcpNioServerConnectionFactory;
import org.springframework.integration.ip.tcp.inbound.TcpInboundGateway;
import org.springframework.integration.ip.tcp.serializer.SoftEndOfStreamException;
import org.springframework.messaging.Message;

/** The same service on one of Spring Integration's own connection factories, which otherwise stay as they are. */
final class SpringPeer {

    private static final int IDLE_MILLIS = 60_000;
    private static final int BACKLOG = 4096;
    private static final int LARGEST_READ = 4096;

    // the blocking factory keeps a heap buffer of this size for each connection: 2.5 MB by default, on loopback
    private static final int SEND_BUFFER = 64 * 1024;

    private SpringPeer() {}

    public static void main(String[] arguments) throws InterruptedException {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("arguments", Map.of("peer", arguments[0], "port", arguments[1])));
        context.register(Flow.class);
        context.refresh();
        Thread.currentThread().join(); // virtual threads keep no process alive
    }

    /** No {@code @Configuration}, by which Readback's own scan would find it where both are on one class path. */
    @EnableIntegration
    static class Flow {

        @Bean
        AbstractServerConnectionFactory connections(Environment arguments) {
            Peer peer = arguments.getRequiredProperty("peer", Peer.class);
            int port = arguments.getRequiredProperty("port", Integer.class);
            AbstractServerConnectionFactory connections = peer == Peer.SPRING_NIO
                    ? new TcpNioServerConnectionFactory(port)
                    : new TcpNetServerConnectionFactory(port);
            if (peer == Peer.SPRING_VIRTUAL) {
                connections.setTaskExecutor(new VirtualThreadTaskExecutor());
            }
            connections.setBacklog(BACKLOG);
            connections.setSoTimeout(IDLE_MILLIS);
            connections.setSoSendBufferSize(SEND_BUFFER);
            connections.setSoTcpNoDelay(true);
            connections.setDeserializer(new OneRead());
            connections.setSerializer(new Plain());
            return connections;
        }

        @Bean
        DirectChannel requests() {
            return new DirectChannel();
        }

        @Bean
        Acknowledger acknowledger() {
            return new Acknowledger();
        }

        @Bean
        EventDrivenConsumer consumer(DirectChannel requests, Acknowledger acknowledger) {
            return new EventDrivenConsumer(requests, acknowledger);
        }

        @Bean
        TcpInboundGateway gateway(AbstractServerConnectionFactory connections, DirectChannel requests) {
            TcpInboundGateway gateway = new TcpInboundGateway();
            gateway.setConnectionFactory(connections);
            gateway.setRequestChannel(requests);
            return gateway;
        }
    }

    /** A message is whatever one read returns. */
    private static final class OneRead implements Deserializer<byte[]> {

        @Override
        public byte[] deserialize(InputStream in) throws IOException {
            byte[] buffer = new byte[LARGEST_READ];
            int count = in.read(buffer);
            if (count < 0) {
                throw new SoftEndOfStreamException("the client has shut its side");
            }
            return Arrays.copyOf(buffer, count);
        }
    }

    private static final class Plain implements Serializer<byte[]> {

        @Override
        public void serialize(byte[] message, OutputStream out) throws IOException {
            out.write(message);
            out.flush();
        }
    }

    static final class Acknowledger extends AbstractReplyProducingMessageHandler {

        @Override
        protected Object handleRequestMessage(Message<?> request) {
            byte[] message = (byte[]) request.getPayload();
            byte[] reply = Arrays.copyOf(message, message.length + Load.ACKNOWLEDGEMENT.length);
            System.arraycopy(Load.ACKNOWLEDGEMENT, 0, reply, message.length, Load.ACKNOWLEDGEMENT.length);
            return reply;
        }
    }
}
