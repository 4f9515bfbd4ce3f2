/**
 * Shuts the doors of a reader process before any parser is loaded: it opens no socket, looks up no name, starts no program and
 * loads no machine code. Node has no switch for this on the versions that s21 supports, so the functions themselves are
 * replaced. This stops a parser that follows what a document says; it is no cage for hostile code, which no document can
 * bring in: code generation from strings is switched off, and in the built package the file system is closed too.
 */
import childProcess from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import tls from "node:tls";

/** Closes the network, other programs and native code for the rest of this process's life. */
export function sealProcess(): void {
  close(net, "connect", "createConnection", "createServer");
  close(net.Socket.prototype, "connect");
  close(net.Server.prototype, "listen");
  close(tls, "connect");
  close(http, "request", "get");
  close(https, "request", "get");
  close(http2, "connect");
  close(dgram, "createSocket");
  close(dgram.Socket.prototype, "bind", "connect", "send");
  const lookups = Object.keys(dns).filter((name) => /^(?:lookup|resolve|reverse)/.test(name));
  close(dns, ...lookups);
  close(dns.promises, ...lookups);
  close(dns.Resolver.prototype, ...Object.keys(dns).filter((name) => /^(?:resolve|reverse)/.test(name)));
  close(childProcess, "spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork");
  close(globalThis, "fetch", "WebSocket", "EventSource", "XMLHttpRequest");
  close(process, "dlopen");
  syncBuiltinESMExports();
}

function close(owner: object, ...names: string[]): void {
  for (const name of names) {
    if (!(name in owner)) continue;
    const refuse = (): never => {
      throw new Error(`a document reader has no ${name}`);
    };
    Object.defineProperty(owner, name, { value: refuse, writable: false, configurable: false, enumerable: true });
  }
}
