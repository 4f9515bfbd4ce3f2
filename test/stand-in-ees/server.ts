/**
 * A stand-in for Explore Education Statistics (EES): a real HTTP server on loopback that answers as its Content API does,
 * over a folder of releases or over files that a test makes up. It can be asked for faults.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { sendBroken } from "./broken-sending.ts";
import { changeReply } from "./changed-reply.ts";
import { type Fault, FaultList, REPLY_FAULTS, WIRE_FAULTS } from "./faults.ts";
import { DEFAULT_PUBLICATIONS, readReleases } from "./folder.ts";
import {
  currentVersion,
  type HeldPublication,
  type HeldRelease,
  holdFile,
  holdPublication,
  holdRelease,
  makeGuid,
  type StandInFile,
  type StandInPublication,
  type StandInRelease,
} from "./holdings.ts";
import { problemReply, type Reply, sendReply } from "./reply.ts";
import { answer, type Site } from "./routes.ts";

export type { Fault } from "./faults.ts";
export type { StandInFile, StandInPublication, StandInRelease } from "./holdings.ts";

export interface StandInOptions {
  /** A folder of `<publication slug>/<release slug>/data/*.csv`. */
  root?: string;
  /** Releases beside those of the folder, or alone. */
  releases?: StandInRelease[];
  /** Default: Children in need under its current slug, former slug and id; others as the folder names them. */
  publications?: StandInPublication[];
  /** Whether `data-content` lists a file of the folder; default: all. */
  listed?: (file: { publication: string; release: string; name: string }) => boolean;
  /** Data sets that `data-content` lists and that EES has no file of. */
  alsoListed?: { publication: string; release: string; files: StandInFile[] }[];
  supersededZipStatus?: 403 | 500;
  /** Default: any free one. */
  port?: number;
  faults?: Fault[];
}

/** What an amendment changes; files that it does not name stay. */
export interface Amendment {
  /** Replaced by name, or added. */
  files?: StandInFile[];
  remove?: string[];
  lastUpdated?: string;
  /** True: the bytes change under the same version id. */
  sameVersion?: boolean;
}

export interface AnsweredRequest {
  method: string;
  /** With its query. */
  path: string;
  /** 0 where no status was sent. */
  status: number;
  /** A fault of the stand-in itself. */
  error?: string;
}

export interface StandInEes {
  /** `http://127.0.0.1:PORT/api`: what `S21_EES_API` takes. */
  url: string;
  requests: AnsweredRequest[];
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** Publishes a new version and returns its id; the one before answers 403 from now on. */
  amend(publication: string, release: string, amendment?: Amendment): string;
  /** Publishes a new release. */
  publish(release: StandInRelease): void;
  /** Takes a release away: 404 from now on. */
  withdraw(publication: string, release: string): void;
  versionId(publication: string, release: string): string;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Starts the server; close it when done. */
export async function startStandInEes(options: StandInOptions): Promise<StandInEes> {
  const publications = await holdAll(options);
  const faults = new FaultList();
  for (const fault of options.faults ?? []) faults.add(fault);
  const site: Site = {
    publications,
    faults,
    supersededZipStatus: options.supersededZipStatus ?? 500,
    supersede: (publication, release) => void amendRelease(publication, release, {}),
  };
  const requests: AnsweredRequest[] = [];
  const server = createServer((request, response) => void handle(site, requests, request, response));
  await listen(server, options.port ?? 0);
  const find = (publication: string, release: string) => findRelease(publications, publication, release);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    requests,
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    amend: (publication, release, amendment = {}) => amendRelease(...find(publication, release), amendment),
    publish: (release) => void holdRelease(findOrHold(publications, release.publication), release),
    withdraw: (publication, release) => withdrawRelease(...find(publication, release)),
    versionId: (publication, release) => currentVersion(find(publication, release)[1]).id,
    close: () => closeServer(server),
  };
}

async function handle(site: Site, requests: AnsweredRequest[], request: IncomingMessage, response: ServerResponse) {
  const method = request.method ?? "";
  const path = request.url ?? "";
  const entry: AnsweredRequest = { method, path, status: 0 };
  requests.push(entry);
  response.on("error", () => response.destroy());
  try {
    const reply = method === "GET" ? await answer(site, path, request.headers) : problemReply(405);
    // One of either kind at a time: two on one request would hide each other.
    const fault = site.faults.take([...REPLY_FAULTS, ...WIRE_FAULTS], path);
    await send(reply, fault, path, entry, response);
  } catch (error) {
    entry.error = String(error);
    response.destroy();
  }
}

async function send(
  reply: Reply,
  fault: Fault | undefined,
  path: string,
  entry: AnsweredRequest,
  response: ServerResponse,
): Promise<void> {
  const breaks = fault !== undefined && WIRE_FAULTS.some((name) => name === fault.fault);
  const sent = fault === undefined || breaks ? reply : changeReply(reply, fault, path);
  entry.status = fault?.fault === "no-headers" ? 0 : sent.status;
  await (breaks ? sendBroken(sent, fault, response) : sendReply(sent, response));
}

async function holdAll(options: StandInOptions): Promise<HeldPublication[]> {
  const publications = (options.publications ?? DEFAULT_PUBLICATIONS).map(holdPublication);
  const releases = options.root === undefined ? [] : await readReleases(options.root);
  for (const release of releases) {
    const publication = findOrHold(publications, release.publication);
    const extra = (options.alsoListed ?? []).filter(
      (more) => findOrHold(publications, more.publication) === publication && more.release === release.slug,
    );
    const files = release.files.map((file) => ({ ...file, listed: isListed(options, release, file) }));
    holdRelease(publication, { ...release, files: [...files, ...extra.flatMap((more) => more.files)] });
  }
  for (const release of options.releases ?? []) holdRelease(findOrHold(publications, release.publication), release);
  return publications;
}

function isListed(options: StandInOptions, release: StandInRelease, file: StandInFile): boolean {
  const { publication, slug } = release;
  return options.listed?.({ publication, release: slug, name: file.name }) ?? true;
}

function findOrHold(publications: HeldPublication[], slug: string): HeldPublication {
  const known = publications.find((held) => held.slug === slug || held.formerSlugs.includes(slug));
  if (known !== undefined) return known;
  const held = holdPublication({ slug });
  publications.push(held);
  return held;
}

function findRelease(
  publications: HeldPublication[],
  slug: string,
  releaseSlug: string,
): [HeldPublication, HeldRelease] {
  const publication = publications.find((held) => held.slug === slug || held.formerSlugs.includes(slug));
  const release = publication?.releases.find((held) => held.slug === releaseSlug);
  if (publication === undefined || release === undefined) throw new Error(`the stand-in has no ${slug}/${releaseSlug}`);
  return [publication, release];
}

function amendRelease(publication: HeldPublication, release: HeldRelease, amendment: Amendment): string {
  const before = currentVersion(release);
  const number = release.versions.length + 1;
  const removed = new Set([...(amendment.remove ?? []), ...(amendment.files ?? []).map((file) => file.name)]);
  const replacements = amendment.files ?? [];
  const kept = before.files.flatMap((file) => {
    const replacement = replacements.find((candidate) => candidate.name === file.name);
    if (replacement !== undefined) return [holdFile(publication, release, replacement, number)];
    return removed.has(file.name) ? [] : [file];
  });
  const added = replacements.filter((file) => !before.files.some((held) => held.name === file.name));
  const files = [...kept, ...added.map((file) => holdFile(publication, release, file, number))];
  if (amendment.sameVersion) {
    before.files = files;
    return before.id;
  }
  const id = makeGuid("version", publication.slug, release.slug, number);
  const nextDay = new Date(Date.parse(before.lastUpdated) + 24 * 60 * 60 * 1000).toISOString();
  const lastUpdated = amendment.lastUpdated ?? nextDay;
  release.versions.push({ id, lastUpdated, updateCount: before.updateCount + 1, files });
  return id;
}

function withdrawRelease(publication: HeldPublication, release: HeldRelease): void {
  publication.releases = publication.releases.filter((held) => held !== release);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

function closeServer(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
