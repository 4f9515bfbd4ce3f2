/** `s21 directions`: what DfE already answers of a request, and directions to it, as the page for FOI officers gives them. */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { areaCodeOf } from "../catalogue/authorities.ts";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT, messageOf, UsageError } from "../errors.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { readAuthorities } from "../named-authorities.ts";
import { describeReply, directRequest, LONGEST_REQUEST, tableOfDirections } from "../serve/pages/directions.ts";
import { readWarehouse, startMemory } from "../serve/pages/reading.ts";
import { formatCsv } from "../serve/table.ts";
import { cleanText } from "../serve/terminal.ts";

export interface DirectionOptions {
  council: string;
  csv?: boolean;
}

export async function runDirections(file: string, options: DirectionOptions, { terminal }: Context): Promise<number> {
  const [council] = readAuthorities([options.council], terminal);
  if (council === undefined) throw new Error("an authority was read, and there is none");
  const request = await readRequestFile(file);
  const warehouse = await openWarehouse(readConfig());
  try {
    const facts = await readWarehouse(warehouse, startMemory(), (reading) =>
      directRequest(reading, areaCodeOf(council), request),
    );
    const { rows, columns } = tableOfDirections(facts);
    if (terminal.json) terminal.print(JSON.stringify(rows));
    else if (options.csv === true) terminal.print(formatCsv([...rows], columns));
    else terminal.print(cleanText(describeReply(facts) ?? "(DfE publishes nothing of this request)", true));
    return EXIT.done;
  } finally {
    await warehouse.close();
  }
}

async function readRequestFile(file: string): Promise<string> {
  const found = await (file === "-" ? text(process.stdin) : readFile(file, "utf8")).catch((error: unknown) => {
    throw new UsageError("no-such-file", `the request can't be read: ${messageOf(error)}`, { cause: error });
  });
  if (found.length <= LONGEST_REQUEST) return found;
  throw new UsageError("too-long", `the request has ${found.length} characters; expected at most ${LONGEST_REQUEST}`);
}
