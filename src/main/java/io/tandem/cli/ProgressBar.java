package io.tandem.cli;

import java.io.PrintWriter;

/** How far a long work has come, for whoever watches a terminal. For one thread. */
final class ProgressBar implements AutoCloseable {
    private static final int WIDTH = 40;

    private final PrintWriter out;
    private final boolean shown;
    private final long all;
    private int lastPercent = -1;

    /** @param shown false: stays silent */
    ProgressBar(PrintWriter out, boolean shown, long all) {
        this.out = out;
        this.shown = shown;
        this.all = all;
    }

    void at(long done) {
        int percent = all == 0 ? 100 : (int) (100 * done / all);
        if (!shown || percent == lastPercent) {
            return;
        }
        lastPercent = percent;
        int filled = WIDTH * percent / 100;
        out.print("\r[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + done + "/" + all);
        out.flush();
    }

    @Override
    public void close() {
        if (shown && lastPercent >= 0) {
            out.println();
        }
    }
}
