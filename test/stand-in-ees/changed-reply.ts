import type { Fault } from "./faults.ts";
import type { Reply } from "./reply.ts";
export function changeReply(reply: Reply, _fault: Fault, _path: string): Reply {
  return reply;
}
