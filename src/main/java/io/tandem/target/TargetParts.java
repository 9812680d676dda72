package io.tandem.target;

/**
 * What there is once of a target, however many routes lead to it, and outlives them.
 *
 * @param client its connections
 * @param authorizer its credentials
 * @param guard its health
 */
public record TargetParts(TargetClient client, Authorizer authorizer, TargetGuard guard) {}
