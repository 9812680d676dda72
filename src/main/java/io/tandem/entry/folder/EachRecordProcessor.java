package io.tandem.entry.folder;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.ShutdownPrepared;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/** The wrapped steps of {@link EachRecord} in one route. Thread-safe: what belongs to one file is in its run. */
final class EachRecordProcessor extends DelegateAsyncProcessor implements ShutdownPrepared {
    private final EachRecord.Services services;
    private final Route route;
    private final Set<FileRun> runs = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    EachRecordProcessor(EachRecord.Services services, Route route, Processor steps) {
        super(steps);
        this.services = services;
        this.route = route;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Claim claim = exchange.getProperty(Claim.PROPERTY, Claim.class);
        if (claim == null || !(route.getConsumer() instanceof DefaultConsumer consumer)) {
            exchange.setException(new IllegalStateException("'policy: eachRecord' needs a file that was taken from the"
                    + " inbox: it belongs behind 'from: file:…' with processStrategy: \"#claimFile\""));
            callback.done(true);
            return true;
        }
        BooleanSupplier ends = () -> stopping || services.draining().getAsBoolean();
        FileRun run = new FileRun(services, claim, new RecordSteps(services, consumer, getProcessor(), ends), ends);
        runs.add(run);
        services.runs().add(run);
        run.start(failure -> {
            runs.remove(run);
            services.runs().remove(run);
            if (failure != null) {
                exchange.setException(failure);
            }
            callback.done(false);
        });
        return false;
    }

    /** The route stops: no more records are taken, so that it need not be waited for the end of a large file. */
    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        if (!suspendOnly) {
            stopping = true;
            runs.forEach(FileRun::signal);
        }
    }

    @Override
    protected void doStart() throws Exception {
        stopping = false;
        super.doStart();
    }

    @Override
    public String toString() {
        return "eachRecord";
    }
}
