/** The site: what every answer carries to keep a hostile letter harmless, and what is said where nothing is found. */
import { type Context, Hono } from "hono";
import { S21Error } from "../../errors.ts";
import type { Archive } from "../../extract/archive.ts";
import type { Warehouse } from "../../load/warehouse.ts";
import { formatCsv } from "../table.ts";
import { openArchivedReader } from "./archived.ts";
import { type Asset, readAssets } from "./assets.ts";
import { html } from "./html.ts";
import { type Page, renderPage } from "./layout.ts";
import type { CsvTable } from "./places.ts";
import { type Reading, readWarehouse, startMemory } from "./reading.ts";
import { addRoutes, readAhead } from "./routes.ts";

export interface SiteOptions {
  warehouse: Pick<Warehouse, "db">;
  archive: Pick<Archive, "find">;
  /** Names under which the site may be asked for; null: any. A page of another site can make its own name mean loopback. */
  hosts: readonly string[] | null;
  /** Hears of what went wrong while a page was made. */
  onFault(error: unknown): void;
}

/** What the addresses are answered with. */
export interface Site extends Pick<SiteOptions, "onFault"> {
  app: Hono;
  archived: ReturnType<typeof openArchivedReader>;
  read<T>(work: (reading: Reading) => Promise<T>): Promise<T>;
  show(context: Context, page: Page, status?: 200 | 400 | 404 | 413 | 500): Promise<Response>;
  absent(context: Context): Promise<Response>;
  csv(context: Context, table: CsvTable): Response;
}

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  // No script at all, nothing from elsewhere, no frame around.
  "Content-Security-Policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "X-Frame-Options": "DENY",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
};

export interface CreatedSite {
  app: Hono;
  /** Reads what takes longest, so that no visitor waits for it; at once where the warehouse has not changed. */
  warm(): Promise<void>;
}

export function createSite({ warehouse, archive, hosts, onFault }: SiteOptions): CreatedSite {
  const memory = startMemory();
  let warmed = "";
  const assets = readAssets();
  const archived = openArchivedReader(archive);
  const styles = assets.styles.map(({ href }) => href);
  const app = new Hono();
  const show: Site["show"] = async (context, page, status = 200) =>
    context.html(String(await renderPage(page, styles)), status);
  const absent = (context: Context) => show(context, NOT_FOUND, 404);

  const read: Site["read"] = (work) => readWarehouse(warehouse, memory, work);

  guard(app, hosts);
  for (const asset of [...assets.styles, assets.icon]) app.get(asset.href.replace(/\?.*/, ""), serveAsset(asset));
  addRoutes({
    app,
    archived,
    read,
    show,
    absent,
    csv: answerCsv,
    onFault,
  });
  app.notFound(absent);
  app.onError((error, context) => {
    // A bad address, such as a made-up citation.
    if (error instanceof S21Error && error.exitCode === 2) return absent(context);
    onFault(error);
    return show(context, FAULT, 500);
  });
  return {
    app,
    async warm() {
      const { version, ahead } = await read(async (reading) => ({
        version: reading.version,
        ahead: reading.version === warmed ? [] : await readAhead(reading),
      }));
      for (const path of ahead) await app.request(path, { headers: { host: hosts?.[0] ?? "localhost" } });
      warmed = version;
    },
  };
}

function guard(app: Hono, hosts: readonly string[] | null) {
  app.use(async (context, next) => {
    const host = hostOf(context.req.header("host") ?? "");
    if (hosts === null || hosts.includes(host)) await next();
    else context.res = context.text("This name is not served here.", 421);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
    // Letters may hold what is nobody else's business.
    if (!context.res.headers.has("Cache-Control")) context.header("Cache-Control", "no-store");
  });
}

/** Without the port. */
function hostOf(header: string): string {
  return URL.canParse(`http://${header}`) ? new URL(`http://${header}`).hostname : "";
}

function serveAsset({ type, content }: Asset) {
  return (context: Context) =>
    context.body(content, 200, { "Content-Type": type, "Cache-Control": "public, max-age=31536000, immutable" });
}

function answerCsv(context: Context, { rows, columns }: CsvTable): Response {
  return context.body(`${formatCsv([...rows], columns)}\n`, 200, {
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": "attachment",
  });
}

const NOT_FOUND: Page = {
  title: "Page not found",
  content: html`<p class="govuk-body">If you typed the address, check that it is right. A citation may be of another warehouse.</p>
<p class="govuk-body"><a class="govuk-link" href="/">Start page</a></p>`,
};

const FAULT: Page = {
  title: "Something went wrong",
  content: html`<p class="govuk-body">The page could not be made. What went wrong is told where <code>s21 serve</code> runs.</p>`,
};
