/** Several instances of Tandem, and several servers of an API, behind a real load balancer. */
package io.tandem.cluster;
