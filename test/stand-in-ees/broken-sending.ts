import type { ServerResponse } from "node:http";
import type { Fault } from "./faults.ts";
import { type Reply, sendReply } from "./reply.ts";
export function sendBroken(reply: Reply, _fault: Fault, response: ServerResponse): Promise<void> {
  return sendReply(reply, response);
}
