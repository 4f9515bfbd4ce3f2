/** `s21 psql` */
export async function runPsql(..._: unknown[]): Promise<number> {
  return 0;
}
