/**
 * The OAuth2 token life cycle: one token call for any number of concurrent messages, refreshed ahead, dropped by
 * generation. The protocol is the Nimbus SDK's. Knows nothing of Camel, targets or aggregation.
 *
 * <p>{@link io.tandem.oauth2.TokenSources} is the way in: it gives one {@link io.tandem.oauth2.TokenSource} for each
 * distinct {@link io.tandem.oauth2.TokenSettings}.
 */
@NullMarked
package io.tandem.oauth2;

import org.jspecify.annotations.NullMarked;
