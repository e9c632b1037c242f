/** Injection token of the `ResolveHost` by which partners' hosts are found. */
export const PARTNERS_DNS = Symbol('how partners are found');
