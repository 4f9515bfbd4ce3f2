/**
 * The advisory locks of s21 on Postgres. They are per database and belong to a session: when it ends, they are free.
 * Any fixed numbers do, as long as nobody else uses them.
 */
export const LOCK = {
  /** Held alone by the one run that writes, or shared by workers that each write releases of their own. */
  writer: 732_100_001,
  /** Held while a schema is brought up to date by one of several workers. */
  migration: 732_100_002,
  /** Held by the scheduler that works; the others stand by. */
  scheduler: 732_100_003,
  /** Held while letters are planned, which reads and writes all of them. */
  plans: 732_100_007,
  /** Held while the view of vintages is made anew, to the end of that transaction. */
  vintages: 732_100_008,
  /** With a hash of the run's id: held while the run is going on. */
  run: 732_100_004,
  /** With a hash of publication and release: held while that release is being replaced. */
  release: 732_100_005,
  /** With a hash of a worker pool's id: held while its process lives. */
  pool: 732_100_006,
} as const;

/** SQL: whether another session holds a lock with two keys. `keyed` is an expression of type text. */
export function isLockHeld(kind: number, keyed: string): string {
  return `exists (
    select 1 from pg_locks l
    where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid = ${kind}
      and l.pid <> pg_backend_pid()
      and l.database = (select d.oid from pg_database d where d.datname = current_database())
      and l.objid = (hashtext(${keyed})::bigint & 4294967295)::oid
  )`;
}
