package io.tandem.support;

import io.tandem.aggregation.MergeStrategy;
import io.tandem.message.Delivery;
import io.tandem.message.MergedBody;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A merge strategy that does what the first target says, to be named by routes. */
public final class Misbehaving implements MergeStrategy {
    private static final int TOO_LARGE = 2 << 20;

    @Override
    public MergedBody merge(List<Delivery> deliveries) throws Exception {
        String reply = new String(deliveries.get(0).body().bytes(), StandardCharsets.UTF_8);
        String what = RunningTandem.json(reply).path("do").asText();
        return switch (what) {
            case "xml" ->
                new MergedBody("<ä/>".getBytes(StandardCharsets.ISO_8859_1), "application/xml; charset=iso-8859-1");
            case "bytes" -> new MergedBody(new byte[] {0, (byte) 0xFF}, "application/octet-stream");
            case "throw" -> throw new IllegalStateException("secret of the strategy");
            case "error" -> throw new NoClassDefFoundError("com/example/Gone");
            case "nothing" -> null;
            case "flood" -> new MergedBody(new byte[TOO_LARGE], "application/octet-stream");
            case "no JSON" -> MergedBody.json("{");
            case "header" -> new MergedBody(new byte[1], "text/plain\r\nX-Injected: 1");
            case "hang" -> {
                new CountDownLatch(1).await();
                yield null;
            }
            case "spin" -> {
                long until = System.nanoTime() + 5_000_000_000L;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                yield null;
            }
            default -> MergedBody.text(what);
        };
    }
}
