/**
 * How Tandem's own connections to other servers are made: TLS, proxies, and the addresses to which none is made. Shared by
 * what calls targets and what calls authorization servers, and knows neither.
 *
 * <p>{@link io.tandem.egress.Egress} is the way in.
 */
@NullMarked
package io.tandem.egress;

import org.jspecify.annotations.NullMarked;
