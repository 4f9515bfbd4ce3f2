/** Every ten minutes: letters that were put into the watched folder. */
import type { Job } from "../src/job.ts";
import { findUnreadLetters, readLettersIn } from "../src/watched-letters.ts";

export const readLetters: Job = {
  name: "read-letters",
  does: "read and load the letters in S21_LETTERS_DIR that are new there",
  when: { kind: "every", minutes: 10 },
  isWanted: (config) => config.lettersDir !== null,
  async run(context) {
    const unread = await findUnreadLetters(context);
    return readLettersIn(context, unread);
  },
};
