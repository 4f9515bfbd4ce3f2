import { startPostgres } from "./support/postgres-server.ts";
const server = await startPostgres();
console.log(server.url);
setInterval(() => {}, 1e6);
