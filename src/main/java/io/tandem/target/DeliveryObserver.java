package io.tandem.target;

import io.tandem.message.Delivery;
import io.tandem.message.Message;

/** Is told of every delivery that ended, for meters and logs. Called on the delivering thread; must be quick. */
@FunctionalInterface
public interface DeliveryObserver {
    void delivered(Message message, Delivery delivery);
}
