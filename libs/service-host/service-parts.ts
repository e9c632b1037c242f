/** Injection token of the running service's parts, for the routes that watch over it. */
export const PARTS = Symbol('service parts');
