/** Every night: what is new at EES, into the warehouse and into the letters' blanks. */
import type { Job } from "../src/job.ts";
import { askForNews, fillLetters, loadNews, markGone, reportNight } from "../src/nightly.ts";

export const nightlyRefresh: Job = {
  name: "nightly-refresh",
  does: "look for new, amended and withdrawn releases, load them, and fill letters' blanks",
  when: { kind: "daily", at: "S21_SCHEDULE" },
  onReleaseMornings: true,
  async run(context) {
    const news = await askForNews(context);
    const loaded = await loadNews(context, news);
    const filled = await fillLetters(context, news, loaded);
    const withdrawn = await markGone(context, news);
    return reportNight(news, loaded, filled, withdrawn);
  },
};
