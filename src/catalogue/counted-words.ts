/**
 * Words by which a question itself says what it counts. Data, no I/O.
 * "How many children were on plans" says nothing: councils answer it with plans. Only words that leave no choice are here.
 */
export interface CountedWords {
  /** As in `Measure.population`. */
  population: string;
  words: RegExp;
}

export const COUNTED_WORDS: readonly CountedWords[] = [
  {
    population: "children",
    words: /\b(?:distinct|individual|unique|different|separate) (?:children|child|young people)\b/i,
  },
  { population: "children", words: /\b(?:children|child) \((?:and )?(?:not|rather than) \w+/i },
  {
    population: "plans",
    words: /\b(?:how many|number of|total) (?:new )?(?:child(?:ren)?(?:['’]s)? )?protection plans?\b/i,
  },
  { population: "plans", words: /\b(?:how many|number of|total) (?:new )?(?:CP ?plans?|CPPs|plans)\b/i },
  { population: "episodes", words: /\bepisodes?\b/i },
  {
    population: "enquiries",
    words: /\b(?:how many|number of|total) (?:section|s\.?) ?47 (?:enquir|inquir|investigat)/i,
  },
];
