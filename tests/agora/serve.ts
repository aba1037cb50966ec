/** Serves Agora alone, to look at: `node --import tsx tests/agora/serve.ts [PORT]`. */
import { startAgora } from "./server.ts";

const agora = await startAgora({ port: Number(process.argv[2] ?? 4600) });
console.log(agora.url);
