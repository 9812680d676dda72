package io.tandem.egress;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that logs nothing at any level. HttpClient's own writes headers and bodies to its {@code wire} and
 * {@code headers} loggers at DEBUG: with the root logger turned up, that is every client secret and every token. And one
 * that is used no more once the server has said more than it was asked for: it would pass for the answer to the next
 * request (RFC 9112 §6.3). Used by one thread at a time, and closed by any.
 */
public final class QuietConnection extends DefaultBHttpClientConnection implements ManagedHttpClientConnection {
    private final AtomicBoolean closed = new AtomicBoolean();
    private Timeout socketTimeout = Timeout.DISABLED;

    private final Answers answers;

    /** A connection within these limits, not yet bound to a socket. */
    public QuietConnection(Http1Config limits) {
        this(limits, new Answers(limits));
    }

    private QuietConnection(Http1Config limits, Answers answers) {
        super(limits, null, null, null, null, null, config -> answers);
        this.answers = answers;
    }

    /** Asked when an answer has been read, before the next request may be sent. */
    @Override
    public boolean isConsistent() {
        return super.isConsistent() && !answers.isMoreThere();
    }

    /** Asked after a while without request; looks whether something has come, or the end. */
    @Override
    public boolean isStale() throws IOException {
        return super.isStale() || answers.isMoreThere();
    }

    // A request may be cancelled while its socket is still connecting: without this check the connection would come
    // back to life when the connect ends.
    private void refuseWhenClosed(Socket socket) throws IOException {
        if (closed.get()) {
            socket.close();
            throw new InterruptedIOException("cancelled");
        }
    }

    @Override
    public void bind(Socket socket) throws IOException {
        refuseWhenClosed(socket);
        super.bind(socket);
        socketTimeout = Timeout.ofMilliseconds(socket.getSoTimeout());
    }

    @Override
    public void bind(SSLSocket sslSocket, Socket socket) throws IOException {
        refuseWhenClosed(sslSocket);
        super.bind(sslSocket, socket);
        socketTimeout = Timeout.ofMilliseconds(sslSocket.getSoTimeout());
    }

    @Override
    @SuppressWarnings("NullAway") // the interface is not annotated: null means "not bound"
    public @Nullable Socket getSocket() {
        SocketHolder holder = getSocketHolder();
        return holder == null ? null : holder.getSocket();
    }

    @Override
    @SuppressWarnings("NullAway") // the interface is not annotated: null means "no TLS"
    public @Nullable SSLSession getSSLSession() {
        return getSocket() instanceof SSLSocket ssl ? ssl.getSession() : null;
    }

    @Override
    public void setSocketTimeout(Timeout timeout) {
        super.setSocketTimeout(timeout);
        socketTimeout = timeout;
    }

    @Override
    public void passivate() {
        super.setSocketTimeout(Timeout.ZERO_MILLISECONDS);
    }

    @Override
    public void activate() {
        super.setSocketTimeout(socketTimeout);
    }

    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            super.close();
        }
    }

    @Override
    public void close(CloseMode mode) {
        if (closed.compareAndSet(false, true)) {
            super.close(mode);
        }
    }

    private static final class Answers extends DefaultHttpResponseParser {
        private @Nullable SessionInputBuffer received;

        Answers(Http1Config limits) {
            super(limits);
        }

        @Override
        public ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in) throws IOException, HttpException {
            received = buffer;
            return super.parse(buffer, in);
        }

        boolean isMoreThere() {
            return received != null && received.length() > 0;
        }
    }
}
