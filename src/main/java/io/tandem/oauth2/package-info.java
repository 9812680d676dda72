/**
 * The OAuth2 token life cycle: one token call for any number of concurrent messages, refreshed ahead, dropped by
 * generation. The protocol is the Nimbus SDK's. Knows nothing of Camel, targets or aggregation.
 */
@NullMarked
package io.tandem.oauth2;

import org.jspecify.annotations.NullMarked;
