/**
 * The DfE publications that s21 reads: slugs old and new, ids, and data sets by leading code. Data, no I/O.
 * Source: Explore Education Statistics (EES), Department for Education, Open Government Licence v3.0.
 */

/** One file of a bundle, known by its leading code. */
export interface DataSet {
  /** As letters and DfE's own titles write it: `C1`. */
  code: string;
  title: string;
  /** Lower-case beginning of the file's name in a bundle; what follows changes from year to year. */
  filePrefix: string;
  /** Filter columns that must hold one value in the whole file; a second value would count rows twice. */
  constantFilters: string[];
  /** What DfE means by "Reporting year 2018" here; EES itself gives it no start and end. `mid_year`: 30 June 2018. */
  reportingYear: "year_to_31_march" | "mid_year";
  /** True: a release without it lacks nothing that letters ask for. */
  isOptional?: true;
}

export interface Publication {
  /** The current slug; what `observation.publication` holds whichever slug a release was found under. */
  slug: string;
  formerSlugs: string[];
  /** EES publication id: survives renames, amendments and new releases. */
  id: string;
  title: string;
  licence: string;
  /** First and last day of the year, as month-day, between which a new release usually comes out. */
  season: readonly [string, string];
  dataSets: DataSet[];
}

/** Children in need: referrals, assessments, section 47 enquiries and plans of every English authority since 2013. */
const CHILDREN_IN_NEED: Publication = {
  slug: "children-in-need",
  formerSlugs: ["characteristics-of-children-in-need"],
  id: "89869bba-0c00-40f7-b7d6-e28cb904ad37",
  title: "Children in need",
  licence: "OGL-UK-3.0",
  // 28 October 2021, 27 October 2022, 26 October 2023, 31 October 2024, 30 October 2025.
  season: ["10-20", "11-05"],
  dataSets: [
    {
      code: "B1",
      title: "Children in need",
      filePrefix: "b1_",
      constantFilters: ["category"],
      reportingYear: "year_to_31_march",
    },
    {
      code: "C1",
      title: "Referrals and re-referrals",
      filePrefix: "c1_",
      constantFilters: ["category"],
      reportingYear: "year_to_31_march",
    },
    {
      code: "C4",
      title: "Section 47s and initial child protection conferences",
      filePrefix: "c4_",
      constantFilters: ["category"],
      reportingYear: "year_to_31_march",
    },
    {
      code: "D1",
      title: "Child protection plans",
      filePrefix: "d1_",
      constantFilters: ["category"],
      reportingYear: "year_to_31_march",
    },
    {
      // What DfE divides by. The bundle's only file without a leading code; EES does not list it among the data sets by one.
      code: "ONS",
      title: "ONS mid-year population estimates",
      filePrefix: "ons_mid-year_population_estimates",
      constantFilters: ["age_group"],
      reportingYear: "mid_year",
      isOptional: true,
    },
  ],
};

export const PUBLICATIONS: readonly Publication[] = [CHILDREN_IN_NEED];

/** The publication that a slug, old or new, means; undefined where the catalogue has none. */
export function findPublication(slug: string): Publication | undefined {
  const wanted = slug.trim().toLowerCase();
  return PUBLICATIONS.find((publication) => publication.slug === wanted || publication.formerSlugs.includes(wanted));
}

/** The data sets of a publication whose file name it is: none, one, or (a fault of the catalogue) several. */
export function dataSetOfFile(publication: Publication, fileName: string): DataSet | undefined {
  const name = fileName.toLowerCase();
  return publication.dataSets.find((dataSet) => name.startsWith(dataSet.filePrefix) && name.endsWith(".csv"));
}
