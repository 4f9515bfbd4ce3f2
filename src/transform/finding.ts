/** Something in a source that a person should look at; nothing was guessed in its place. */
export interface Finding {
  /** Stable, kebab-case: `unknown-symbol`, `authority-disagrees`, `duplicate-key` … */
  code: string;
  /** Where, what was found and what was expected. */
  message: string;
  line: number | null;
  column: string | null;
  found: string | null;
  expected: string | null;
}
