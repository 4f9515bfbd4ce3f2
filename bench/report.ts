/** Puts results into docs/speed.md, between the marks of their section; what was not run stays as it was. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { packagePath, packageVersion } from "../src/package-root.ts";
import type { Peers } from "./filtering.ts";
import { formatGroup, type Group } from "./measurements.ts";

export function writeReport(groups: Record<string, Group[]>, peers: Peers) {
  const path = packagePath("docs/speed.md");
  let text = existsSync(path) ? readFileSync(path, "utf8") : "";
  for (const [name, found] of Object.entries(groups)) {
    text = replaceSection(text, name, `${describeMachine(peers)}\n\n${found.map(formatGroup).join("\n")}`);
  }
  writeFileSync(path, text);
}

function replaceSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const section = `${begin}\n${content.trim()}\n${end}`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < 0) return `${text.trimEnd()}\n\n${section}\n`;
  return text.slice(0, from) + section + text.slice(to + end.length);
}

function describeMachine(peers: Peers): string {
  const [cpu] = cpus();
  const memory = (totalmem() / 1024 ** 3).toFixed(0);
  const absent = Object.values(peers).filter((one) => one !== null);
  const missing = absent.length === 0 ? "" : ` Not there: ${absent.join("; ")}.`;
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, s21 ${packageVersion()}, Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${memory} GB.${missing}`;
}
