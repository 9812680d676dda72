package io.tandem.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.OpenAPI;
import io.tandem.config.Settings;
import io.tandem.entry.http.Content;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI document of one set of routes. Made once, when it is first asked for: it takes half a second, mostly for
 * loading the classes that it takes. Lives and dies with the routes. Thread-safe.
 */
public final class ApiDocument {
    private final CamelContext context;
    private final AnswerForm form;
    private final Set<String> forwardHeaders;
    private final Settings.Callers callers;
    private final boolean statusPage;
    private final ReentrantLock making = new ReentrantLock();

    @Nullable
    private volatile Content content;

    /**
     * @param context the routes, running by the time the document is asked for
     * @param form what a merged reply looks like
     * @param forwardHeaders names of the caller's headers that targets receive
     * @param callers who may call
     * @param statusPage whether there is one
     */
    public ApiDocument(
            CamelContext context,
            AnswerForm form,
            Set<String> forwardHeaders,
            Settings.Callers callers,
            boolean statusPage) {
        this.context = context;
        this.form = form;
        this.forwardHeaders = Set.copyOf(forwardHeaders);
        this.callers = callers;
        this.statusPage = statusPage;
    }

    /**
     * The document as JSON. Blocks while it is made.
     *
     * @throws IllegalStateException when a REST definition can't be described, as when it names a class that is not there
     */
    public Content content() {
        Content known = content;
        if (known != null) {
            return known;
        }
        // not synchronized, which would pin a virtual thread to its carrier
        making.lock();
        try {
            known = content;
            if (known == null) {
                byte[] json = make();
                known = new Content(() -> json);
                content = known;
            }
            return known;
        } finally {
            making.unlock();
        }
    }

    private byte[] make() {
        try {
            RestOperations rests = RestOperations.of(context);
            OpenAPI api = rests.describe();
            Completion completion = new Completion(api, form, forwardHeaders, new Security(callers));
            completion.complete(rests::call);
            if (statusPage) {
                completion.addStatusPage();
            }
            return Json31.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(api);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the OpenAPI document can't be written: " + e.getOriginalMessage(), e);
        } catch (ClassNotFoundException | IOException e) {
            throw new IllegalStateException("a REST definition can't be described: " + e.getMessage(), e);
        }
    }
}
