package io.tandem.target;

import io.tandem.config.Settings;
import java.io.IOException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * Reads a target's reply to its end, no more than {@code target.<name>.max-reply}, so that steps after the call can look
 * at it or change it, and the exchange that made the call can end. In YAML, right after the call:
 * {@code process: reply-of-<target>}. Thread-safe.
 */
public final class ReadReply implements Processor {
    private final TargetClient client;
    private final ReplyReader reader;

    public ReadReply(Settings.Target target, TargetClient client) {
        this.client = client;
        this.reader = new ReplyReader(target.maxReply(), client.memory());
    }

    /** What stands for a body that broke off or was too large: its status still tells what became of the message. */
    record Unreadable(IOException reason) {}

    @Override
    public void process(Exchange exchange) {
        io.tandem.message.Message message =
                exchange.getProperty(io.tandem.message.Message.PROPERTY, io.tandem.message.Message.class);
        Message reply = exchange.getMessage();
        try {
            reply.setBody(reader.readBody(
                    reply.getBody(), message == null ? null : client.attempts().of(message.id())));
        } catch (IOException e) {
            reply.setBody(new Unreadable(e));
        }
    }
}
