/** Authorities as people name them on the command line and in the configuration. */
import { type Authority, areaCodeOf, findAuthority, labelOf } from "./catalogue/authorities.ts";
import { UsageError } from "./errors.ts";
import type { RunWatcher } from "./run.ts";

/** Authorities as people name them. Says which was taken; refuses what is not exactly one. */
export function readAuthorities(queries: string[], watcher: Pick<RunWatcher, "note">): Authority[] {
  const problems: string[] = [];
  const authorities = queries.flatMap((query) => {
    const match = findAuthority(query);
    if (match.kind === "found") {
      const note = match.note === null ? "" : `; ${match.note}`;
      watcher.note(`${query}: took ${labelOf(match.authority)}, ${areaCodeOf(match.authority)}${note}`);
      return [match.authority];
    }
    problems.push(
      describeMismatch(query, match.kind === "ambiguous" ? match.candidates : match.suggestions, match.kind),
    );
    return [];
  });
  if (problems.length > 0) throw new UsageError("unknown-authority", problems.join("\n"));
  return [...new Set(authorities)];
}

function describeMismatch(query: string, offers: Authority[], kind: "ambiguous" | "unknown"): string {
  const names = offers.map(labelOf).join(", ");
  if (kind === "ambiguous") return `${JSON.stringify(query)} may be any of ${names}; name one`;
  const offer =
    offers.length > 0 ? `; did you mean ${names}?` : "; give a name, a DfE code (331) or an ONS code (E08000026)";
  return `no local authority ${JSON.stringify(query)}${offer}`;
}
