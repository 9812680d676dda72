package io.tandem.target;

import io.netty.util.Timer;
import io.tandem.message.MessageObserver;
import java.util.concurrent.Executor;

/**
 * What all deliveries share.
 *
 * @param observer is told what comes of them
 * @param executor runs what goes on after a wait: must allow blocking
 * @param timer for time-outs and waits
 */
public record DeliveryRuntime(MessageObserver observer, Executor executor, Timer timer) {}
