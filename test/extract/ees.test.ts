import { afterEach, describe, expect, it } from "vitest";
import { findPublication, type Publication } from "../../src/catalogue/publications.ts";
import { EXIT, HttpStatusError, type S21Error, SourceUnreachableError } from "../../src/errors.ts";
import {
  bundleUrl,
  dataSetFileUrl,
  type Ees,
  findReleases,
  findVersion,
  mayBeSuperseded,
  readManifest,
  singleFileUrl,
} from "../../src/extract/ees.ts";
import { type StandInEes, type StandInOptions, startStandInEes } from "../stand-in-ees/server.ts";

const PUBLICATION = findPublication("children-in-need") as Publication;
const C1 = { name: "c1_children_in_need_referrals_2013_to_2022.csv", bytes: "a,b\n1,2\n3,4\n" };
const RELEASES = ["2021", "2022"].map((slug) => ({ publication: "children-in-need", slug, files: [C1] }));

let server: StandInEes | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(options: StandInOptions = { releases: RELEASES }): Promise<{ ees: Ees; server: StandInEes }> {
  server = await startStandInEes(options);
  const limits = { connect: 1_000, idle: 1_000, whole: 5_000, bytes: 1_048_576, attempts: 1 };
  return { ees: { api: server.url, fetching: { limits } }, server };
}

/** The stand-in, answering one address with what a test makes up. */
async function startWith(path: string | RegExp, body: unknown) {
  const started = await start();
  started.server.addFault({ fault: "bad-json", arg: body, path });
  return started;
}

async function failureOf(work: Promise<unknown>): Promise<S21Error> {
  return work.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: S21Error) => error,
  );
}

const paths = () => server?.requests.map(({ path }) => path.replace("/api", "")) ?? [];

describe("the releases of a publication", () => {
  it("are found under the current slug, newest first, without those from before EES", async () => {
    const { ees } = await start();
    expect(await findReleases(ees, PUBLICATION)).toEqual({
      slug: "children-in-need",
      releases: [
        {
          slug: "2022",
          title: "Reporting year 2022",
          publishedAt: "2022-10-27T08:30:00.000Z",
          updatedAt: "2022-10-27T08:30:00.000Z",
        },
        {
          slug: "2021",
          title: "Reporting year 2021",
          publishedAt: "2021-10-28T08:30:02.000Z",
          updatedAt: "2021-10-28T08:30:02.000Z",
        },
      ],
    });
    expect(paths()).toHaveLength(1);
  });

  it("have no date where the list gives none, or none that can be read", async () => {
    const results = [undefined, null, "", "soon"].map((published, index) => ({ slug: String(index), published }));
    const { ees } = await startWith("/releases?", { results, paging: { page: 1, totalPages: 1 } });
    const { releases } = await findReleases(ees, PUBLICATION);
    expect(releases.map(({ publishedAt }) => publishedAt)).toEqual([null, null, null, null]);
  });

  it("of a catalogue that knows the old slug only are found through the redirects", async () => {
    const { ees } = await start();
    const old = { ...PUBLICATION, slug: "characteristics-of-children-in-need", formerSlugs: [] };
    expect((await findReleases(ees, old)).slug).toBe("children-in-need");
    expect(paths()).toEqual([
      "/publications/characteristics-of-children-in-need/releases?page=1&pageSize=20",
      "/redirects",
      "/publications/children-in-need/releases?page=1&pageSize=20",
    ]);
  });

  it("are found when the publication is renamed again, whatever else was redirected before", async () => {
    const renamed = { slug: "children-in-need-and-care", formerSlugs: ["children-in-need"] };
    const { ees, server } = await start({
      publications: [renamed],
      releases: RELEASES.map((release) => ({ ...release, publication: renamed.slug })),
    });
    expect(await findReleases(ees, PUBLICATION)).toMatchObject({
      slug: renamed.slug,
      releases: [{ slug: "2022" }, {}],
    });
    // An older redirect that still ends at the slug that is gone must not hide the newer one.
    server.addFault({
      fault: "bad-json",
      path: "/redirects",
      arg: {
        publicationRedirects: [
          { fromSlug: "characteristics-of-children-in-need", toSlug: "children-in-need" },
          { fromSlug: "children-in-need", toSlug: renamed.slug },
        ],
      },
    });
    expect((await findReleases(ees, PUBLICATION)).slug).toBe(renamed.slug);
  });

  it("are told to be gone when neither slug nor redirect leads anywhere", async () => {
    const { ees } = await start({ publications: [], releases: [] });
    expect(await failureOf(findReleases(ees, PUBLICATION))).toMatchObject({
      code: "http-404",
      exitCode: EXIT.sourceUnreachable,
    });
  });

  it("are not looked for elsewhere when the service is down", async () => {
    const { ees, server } = await start();
    server.addFault({ fault: "503" });
    expect(await failureOf(findReleases(ees, PUBLICATION))).toMatchObject({ code: "http-503" });
    expect(paths()).toHaveLength(1);
  });

  it("are read from every page, in order", async () => {
    const slugs = Array.from({ length: 45 }, (_, index) => String(1980 + index));
    const { ees } = await start({
      releases: slugs.map((slug) => ({ publication: "children-in-need", slug, files: [C1] })),
    });
    const { releases } = await findReleases(ees, PUBLICATION);
    expect(releases.map(({ slug }) => slug)).toEqual([...slugs].reverse());
    expect(paths()).toHaveLength(3);
  });

  it("are all or none: a page that fails fails the list", async () => {
    const slugs = Array.from({ length: 45 }, (_, index) => String(1980 + index));
    const { ees, server } = await start({
      releases: slugs.map((slug) => ({ publication: "children-in-need", slug, files: [C1] })),
      faults: [{ fault: "500", path: "page=2" }],
    });
    expect(await failureOf(findReleases(ees, PUBLICATION))).toMatchObject({ code: "http-500" });
    server.clearFaults();
    server.addFault({ fault: "bad-json", path: "page=2" });
    expect(await failureOf(findReleases(ees, PUBLICATION))).toMatchObject({ code: "not-json" });
  });

  it("of a list without end are refused, not cut off", async () => {
    const { ees } = await startWith("/releases?", {
      results: [{ slug: "2022", title: "Reporting year 2022" }],
      paging: { page: 1, totalPages: 1_000_000 },
    });
    expect(await failureOf(findReleases(ees, PUBLICATION))).toMatchObject({ code: "unexpected-answer" });
    expect(paths().length).toBeLessThanOrEqual(100);
  });

  it.each([
    ["a list", [], "results"],
    ["null", "null", "Expected Object"],
    ["no paging", { results: [] }, "paging"],
    ["a number for a slug", { results: [{ slug: 2022 }], paging: { page: 1, totalPages: 1 } }, "results.0.slug"],
    ["text for pages", { results: [], paging: { page: 1, totalPages: "1" } }, "paging.totalPages"],
  ])("in another shape (%s) are refused with what is wrong", async (_, body, words) => {
    const { ees } = await startWith("/releases?", body);
    const error = await failureOf(findReleases(ees, PUBLICATION));
    expect(error).toBeInstanceOf(SourceUnreachableError);
    expect(error.code).toBe("unexpected-answer");
    expect(error.message).toContain("/publications/children-in-need/releases is not what EES answers");
    expect(error.message).toContain(words);
  });
});

describe("the version of a release", () => {
  it("is the one that is published now", async () => {
    const { ees, server } = await start({
      releases: [
        {
          ...(RELEASES[1] as (typeof RELEASES)[number]),
          published: "2022-10-27T08:30:00Z",
          lastUpdated: "2022-11-03T09:30:02.1234567+00:00",
          updateCount: 1,
        },
      ],
    });
    expect(await findVersion(ees, "children-in-need", "2022")).toEqual({
      slug: "2022",
      id: server.versionId("children-in-need", "2022"),
      releaseId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      title: "Reporting year 2022",
      // Not the display date, which an amendment inherits.
      publishedAt: "2022-11-03T09:30:02.123Z",
      updateCount: 1,
      isLatest: true,
      nextRelease: null,
    });
    const amended = server.amend("children-in-need", "2022");
    expect(await findVersion(ees, "children-in-need", "2022")).toMatchObject({ id: amended, updateCount: 2 });
  });

  it("says when the next release is due, as far as DfE has said", async () => {
    const summary = { id: "v1", slug: "2021", published: "2021-10-28T08:30:02Z" };
    for (const [nextReleaseDate, expected] of [
      [{ year: 2022, month: 10, day: "" }, "2022-10"],
      [{ year: "2022", month: "9", day: "1" }, "2022-09-01"],
      [{ year: 2022 }, "2022"],
      [{ year: 2022, month: null, day: 5 }, "2022"],
      [null, null],
    ]) {
      const { ees } = await startWith("version-summary", { ...summary, nextReleaseDate });
      expect((await findVersion(ees, "children-in-need", "2021")).nextRelease).toBe(expected);
      await server?.close();
    }
  });

  it("is dated in UTC, wherever it is read", async () => {
    const zone = process.env.TZ;
    process.env.TZ = "America/New_York";
    try {
      for (const said of ["2022-10-27T08:30:00", "2022-10-27T08:30:00Z", "2022-10-27T09:30:00+01:00"]) {
        const { ees } = await startWith("version-summary", { id: "v1", slug: "2022", lastUpdated: said });
        expect((await findVersion(ees, "children-in-need", "2022")).publishedAt).toBe("2022-10-27T08:30:00.000Z");
        await server?.close();
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  it("of a release whose slug was renamed is found through the redirects", async () => {
    const { ees } = await startWith("/redirects", {
      publicationRedirects: [],
      releaseRedirectsByPublicationSlug: { "children-in-need": [{ fromSlug: "2022-provisional", toSlug: "2022" }] },
    });
    expect((await findVersion(ees, "children-in-need", "2022-provisional")).slug).toBe("2022");
  });

  it("of a redirect in a circle ends", async () => {
    const { ees } = await startWith("/redirects", {
      publicationRedirects: [],
      releaseRedirectsByPublicationSlug: { "children-in-need": [{ fromSlug: "1999", toSlug: "1999" }] },
    });
    expect(await failureOf(findVersion(ees, "children-in-need", "1999"))).toMatchObject({ code: "http-404" });
    expect(paths()).toHaveLength(3);
  });

  it.each(["1999", "2022%26nbsp", "../2022", "2022#dataDownloads-1", "2022/explore", "__proto__"])(
    "of %j, which is no release, is gone",
    async (slug) => {
      const { ees } = await start();
      const error = await failureOf(findVersion(ees, "children-in-need", slug));
      expect(error).toBeInstanceOf(HttpStatusError);
      expect(error).toMatchObject({ statusCode: 404, exitCode: EXIT.sourceUnreachable });
      expect(paths()[0]).toBe(`/publications/children-in-need/releases/${encodeURIComponent(slug)}/version-summary`);
    },
  );

  it.each([
    ["without an id", { slug: "2022", published: "2022-10-27T08:30:00Z" }, "id"],
    ["with an id that is an address", { id: "../../x", slug: "2022", published: "2022-10-27T08:30:00Z" }, "id"],
    ["without a date", { id: "v1", slug: "2022" }, "no date of publication"],
    ["with a date that is none", { id: "v1", slug: "2022", lastUpdated: "last Thursday" }, "last Thursday"],
  ])("%s is refused", async (_, body, words) => {
    const { ees } = await startWith("version-summary", body);
    const error = await failureOf(findVersion(ees, "children-in-need", "2022"));
    expect(error).toMatchObject({ code: "unexpected-answer" });
    expect(error.message).toContain(words);
  });

  it.each([
    [403, true],
    [404, true],
    [500, true],
    [400, false],
    [429, false],
    [503, false],
  ])("may have been superseded where EES answers %i: %s", (status, expected) => {
    expect(mayBeSuperseded(new HttpStatusError(status, "no"))).toBe(expected);
    expect(mayBeSuperseded(new SourceUnreachableError("network", "no"))).toBe(false);
  });
});

describe("the manifest", () => {
  it("lists the data sets by code, with the rows that each has", async () => {
    const { ees } = await start();
    expect(await readManifest(ees, "children-in-need", "2022")).toEqual([
      {
        title: "C1 Referrals and re-referrals to children's social care services, England 2013 to 2022",
        code: "C1",
        fileId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        dataSetFileId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        rows: 2,
      },
    ]);
  });

  it.each([
    ["C1 Referrals", "C1"],
    [" c1 Referrals", "C1"],
    ["C1: Referrals", "C1"],
    ["C12 Referrals", "C12"],
    ["C1a Referrals", null],
    ["CC1 Referrals", null],
    ["Referrals (C1)", null],
    ["Headline figures", null],
    ["", null],
  ])("reads the code of %j as %j", async (title, code) => {
    const { ees } = await startWith("data-content", { dataSets: [{ fileId: "f1", title }] });
    expect(await readManifest(ees, "children-in-need", "2022")).toEqual([
      { title, code, fileId: "f1", dataSetFileId: null, rows: null },
    ]);
  });

  it.each([null, undefined, 0, -1, 1.5])("takes %j rows for a count that is not published", async (numDataFileRows) => {
    const { ees } = await startWith("data-content", {
      dataSets: [{ fileId: "f1", title: "C1", meta: { numDataFileRows } }],
    });
    expect(await readManifest(ees, "children-in-need", "2022")).toMatchObject([{ rows: null }]);
  });

  it.each([
    ["no data sets", {}, "dataSets"],
    ["a file id that is an address", { dataSets: [{ fileId: "../x", title: "C1" }] }, "dataSets.0.fileId"],
    [
      "rows in words",
      { dataSets: [{ fileId: "f1", title: "C1", meta: { numDataFileRows: "two" } }] },
      "numDataFileRows",
    ],
  ])("with %s is refused", async (_, body, words) => {
    const { ees } = await startWith("data-content", body);
    const error = await failureOf(readManifest(ees, "children-in-need", "2022"));
    expect(error).toMatchObject({ code: "unexpected-answer" });
    expect(error.message).toContain(words);
  });
});

describe("addresses", () => {
  it("hold ids as they are, and nothing that could lead elsewhere", () => {
    const ees = { api: "https://ees.example/api" } as Ees;
    expect(bundleUrl(ees, "v1")).toBe("https://ees.example/api/releases/v1/files");
    expect(singleFileUrl(ees, "v1", "f1")).toBe("https://ees.example/api/releases/v1/files?fileIds=f1");
    expect(dataSetFileUrl(ees, "d1")).toBe("https://ees.example/api/data-set-files/d1/download");
    expect(bundleUrl(ees, "../x?y#z")).toBe("https://ees.example/api/releases/..%2Fx%3Fy%23z/files");
  });
});
