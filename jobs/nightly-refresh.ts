/** Every night: what is new at EES, into the warehouse. */
import type { Job } from "../src/job.ts";
import { askForNews, loadNews, markGone, reportNight } from "../src/nightly.ts";

export const nightlyRefresh: Job = {
  name: "nightly-refresh",
  does: "look for new, amended and withdrawn releases, and load them",
  when: { kind: "daily", at: "S21_SCHEDULE" },
  onReleaseMornings: true,
  async run(context) {
    const news = await askForNews(context);
    const loaded = await loadNews(context, news);
    const withdrawn = await markGone(context, news);
    return reportNight(news, loaded, withdrawn);
  },
};
