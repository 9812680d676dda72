package io.tandem.support;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An HTTP/2 connection on which exactly the given frames are sent (RFC 9113 §4.1), and frames are read one by one. */
public final class RawHttp2 implements AutoCloseable {
    public static final int DATA = 0x0;
    public static final int HEADERS = 0x1;
    public static final int PRIORITY = 0x2;
    public static final int RST_STREAM = 0x3;
    public static final int SETTINGS = 0x4;
    public static final int PING = 0x6;
    public static final int GOAWAY = 0x7;
    public static final int WINDOW_UPDATE = 0x8;
    public static final int CONTINUATION = 0x9;

    public static final int NONE = 0;
    public static final int ACK = 0x1;
    public static final int END_STREAM = 0x1;
    public static final int END_HEADERS = 0x4;
    private static final int HAS_PRIORITY = 0x20;

    /** What ends a connection whose frames can't be read. */
    public static final Frame CLOSED = new Frame(-1, 0, 0, new byte[0], Map.of());

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder headers = new DefaultHttp2HeadersDecoder(false, 64 * 1024);

    /** @param headers of a HEADERS frame, pseudo headers too; else empty */
    public record Frame(int type, int flags, int stream, byte[] payload, Map<String, String> headers) {
        public boolean has(int flag) {
            return (flags & flag) != 0;
        }

        /** Of RST_STREAM and GOAWAY. */
        public long errorCode() {
            return Unpooled.wrappedBuffer(payload).getUnsignedInt(type == GOAWAY ? 4 : 0);
        }

        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    /** Connects, and sends nothing. */
    public RawHttp2(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Takes a connection, which may be one of TLS. */
    public RawHttp2(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** Connects and greets, with settings as pairs of identifier and value. */
    public static RawHttp2 greeted(int port, int... settings) throws IOException {
        return new RawHttp2(port).greet(settings);
    }

    public RawHttp2 greet(int... settings) throws IOException {
        return send(PREFACE).frame(SETTINGS, NONE, 0, settings(settings));
    }

    public static byte[] settings(int... pairs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < pairs.length; i += 2) {
            out.write(pairs[i] >> 8);
            out.write(pairs[i]);
            out.writeBytes(number(pairs[i + 1]));
        }
        return out.toByteArray();
    }

    public static byte[] number(int value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    public RawHttp2 send(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException e) {
            // the server may have had enough already; what it said is still to be read
            return this;
        }
        return this;
    }

    public RawHttp2 frame(int type, int flags, int stream, byte... payload) throws IOException {
        return send(bytes(type, flags, stream, payload));
    }

    public static byte[] bytes(int type, int flags, int stream, byte... payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(9 + payload.length);
        out.write(payload.length >> 16);
        out.write(payload.length >> 8);
        out.write(payload.length);
        out.write(type);
        out.write(flags);
        out.writeBytes(number(stream));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    /** A header block of these names and values, characters being bytes, without any compression (RFC 7541 §6.2.2). */
    public static byte[] block(String... namesAndValues) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            out.write(0);
            string(out, namesAndValues[i]);
            string(out, namesAndValues[i + 1]);
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String latin1) {
        byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
            out.write(bytes.length);
        } else {
            out.write(127);
            int rest = bytes.length - 127;
            while (rest >= 128) {
                out.write(rest % 128 + 128);
                rest /= 128;
            }
            out.write(rest);
        }
        out.writeBytes(bytes);
    }

    /** The head of a request to /messages with these headers more. */
    public static byte[] post(String... more) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(block(
                ":method",
                "POST",
                ":scheme",
                "http",
                ":path",
                "/messages",
                ":authority",
                "localhost",
                "content-type",
                "application/json"));
        out.writeBytes(block(more));
        return out.toByteArray();
    }

    /** A whole request to /messages. */
    public RawHttp2 message(int stream, String body) throws IOException {
        return frame(HEADERS, END_HEADERS, stream, post())
                .frame(DATA, END_STREAM, stream, body.getBytes(StandardCharsets.UTF_8));
    }

    /** The next frame; {@link #CLOSED} when there is none any more. */
    public Frame read() throws IOException {
        try {
            byte[] head = new byte[9];
            in.readFully(head);
            byte[] payload = new byte[(head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff)];
            in.readFully(payload);
            int stream = Unpooled.wrappedBuffer(head, 5, 4).getInt(0);
            return new Frame(
                    head[3],
                    head[4],
                    stream,
                    payload,
                    head[3] == HEADERS ? decode(stream, head[4], payload) : Map.of());
        } catch (EOFException | SocketException e) {
            return CLOSED;
        }
    }

    private Map<String, String> decode(int stream, int flags, byte[] payload) {
        try {
            Map<String, String> decoded = new LinkedHashMap<>();
            ByteBuf block = Unpooled.wrappedBuffer(payload);
            Http2Headers read = headers.decodeHeaders(stream, (flags & HAS_PRIORITY) == 0 ? block : block.skipBytes(5));
            read.forEach(header ->
                    decoded.put(header.getKey().toString(), header.getValue().toString()));
            return decoded;
        } catch (Http2Exception e) {
            throw new IllegalStateException("headers of an answer can't be read", e);
        }
    }

    /** The next frame of a type, others being passed over; {@link #CLOSED} when there is none any more. */
    public Frame read(int type) throws IOException {
        Frame next = read();
        while (next != CLOSED && next.type() != type) {
            next = read();
        }
        return next;
    }

    /** The status of the next answer; 0 when the connection is closed before. */
    public int status() throws IOException {
        return Integer.parseInt(read(HEADERS).headers().getOrDefault(":status", "0"));
    }

    /** Whether the server has closed the connection, or does so soon, whatever it says before. */
    public boolean isClosed() throws IOException {
        try {
            while (read() != CLOSED) {
                // what it says doesn't matter
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
