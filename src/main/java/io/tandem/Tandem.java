package io.tandem;

/** x. */
public final class Tandem {
    private Tandem() {}

    /** x. */
    public static void main(String[] args) {
        System.out.println("x");
    }
}
