package io.tandem.app;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.apache.camel.CamelContext;
import org.apache.camel.ManagementStatisticsLevel;
import org.apache.camel.impl.engine.DefaultManagementStrategy;
import org.apache.camel.spi.ManagementAgent;
import org.jspecify.annotations.Nullable;

/**
 * Has Camel call Kamelets as it calls {@code direct:}, with the exchange itself. Else it makes a copy for each call, with a unit
 * of work of its own, and copies the results back: four times for a message to two targets. Camel asks the agent for JMX how
 * it is to be ({@code camel.main.jmxManagementRegisterRoutesCreateByKamelet}); here is one that answers that question, and
 * manages nothing.
 */
final class KameletCalls implements InvocationHandler {
    private KameletCalls() {}

    /** Before the context starts. */
    static void withoutCopies(CamelContext context) {
        ManagementAgent agent = (ManagementAgent) Proxy.newProxyInstance(
                KameletCalls.class.getClassLoader(), new Class<?>[] {ManagementAgent.class}, new KameletCalls());
        context.setManagementStrategy(new DefaultManagementStrategy(context, agent));
    }

    @Override
    public @Nullable Object invoke(Object agent, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "getRegisterRoutesCreateByKamelet" -> true;
            case "getStatisticsLevel" -> ManagementStatisticsLevel.Off;
            case "hashCode" -> System.identityHashCode(agent);
            case "equals" -> arguments != null && agent == arguments[0];
            case "toString" -> "none";
            default -> method.getReturnType() == boolean.class ? false : null;
        };
    }
}
