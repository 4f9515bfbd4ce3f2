/** Readings of short texts, remembered: the steps of the grammar ask for the same line's value, markers and periods many times over. */

/** Texts that are remembered at a time; memory does not grow with the number of letters. */
const MOST_TEXTS = 4_000;
/** Longer texts are sentences, which come once. */
const LONGEST_TEXT = 400;

/** The same reading, done once for each text. What it returns is shared, and must not be changed. */
export function rememberReading<T extends object | null>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST_TEXT) return read(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    const reading = Object.freeze(read(text)) as T;
    if (known.size >= MOST_TEXTS) known.clear();
    known.set(text, reading);
    return reading;
  };
}
