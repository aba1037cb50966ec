/** Refused for a reason the reader is told. */
export class Refused extends Error {}
