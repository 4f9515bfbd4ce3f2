/** What a peer of the whole road is told, as a file: it has no catalogue of its own. */
export interface RoadPlan {
  /** Of the warehouse, in Postgres. */
  url: string;
  /** Areas to keep; null keeps all. */
  codes: string[] | null;
  /** By data set: how a column is headed, and what it holds. */
  measures: Record<string, { header: string; code: string; unit: string; timing: string }[]>;
  /** Statuses by symbol, in lower case. */
  symbols: Record<string, string>;
  /** Of the table, those that a peer fills: those that we fill for a local bundle. */
  columns: string[];
  /** What is said of the run in every row. */
  runId: string;
  /** Where to put rows on their way to `\copy`. */
  out: string;
}
