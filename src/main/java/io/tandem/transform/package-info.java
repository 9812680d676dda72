/** What routes may do to a body on its way: JSON made of JSON. Knows nothing of messages, targets and entries. */
@NullMarked
package io.tandem.transform;

import org.jspecify.annotations.NullMarked;
