/** A TLS server on loopback under any host name, with a certificate made at run time. */
import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import forge from "node-forge";

/** A certificate for these hosts that signs itself and lasts a day. */
export function selfSigned(hosts: string[]): { key: string; cert: string } {
  // Node makes keys much faster than forge does.
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  certificate.serialNumber = `00${forge.util.bytesToHex(forge.random.getBytesSync(12))}`;
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const names = [{ name: "commonName", value: hosts[0] ?? "localhost" }];
  certificate.setSubject(names);
  certificate.setIssuer(names);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: hosts.map((host) => ({ type: 2, value: host })) },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());
  return { key: pair.privateKey, cert: forge.pki.certificateToPem(certificate) };
}

/** A running server. */
export interface TlsServer {
  port: number;
  /** Hears of connections that want to be WebSockets. */
  onUpgrade(listener: (request: IncomingMessage, socket: Duplex) => void): void;
  close(): Promise<void>;
}

/** Serves `answer` over TLS on any free port, with a certificate for `hosts`. */
export async function serveTls(
  hosts: string[],
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TlsServer> {
  const server: Server = createServer(selfSigned(hosts), answer);
  // Those that became WebSockets, or never got as far as a request, the server does not close by itself.
  const sockets = new Set<Duplex>();
  server.on("connection", (socket: Duplex) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    onUpgrade: (listener) => void server.on("upgrade", listener),
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
