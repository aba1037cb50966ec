/** Names this opening of the page, for limits that count by visit. */
export const VISIT = Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");
