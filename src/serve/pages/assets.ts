/** Style sheets: GOV.UK Frontend's, without the font that only GOV.UK may use and without its crest; and our own. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { packagePath } from "../../package-root.ts";

export interface Asset {
  /** With a fingerprint of the content, so that a browser may keep it for ever. */
  href: string;
  type: string;
  content: string;
}

export interface Assets {
  /** In the order in which they apply. */
  styles: readonly Asset[];
  icon: Asset;
}

export function readAssets(): Assets {
  const frontend = createRequire(import.meta.url).resolve("govuk-frontend/dist/govuk/govuk-frontend.min.css");
  return {
    styles: [
      assetOf("govuk-frontend.css", "text/css; charset=utf-8", withoutRestricted(readFileSync(frontend, "utf8"))),
      assetOf("pages.css", "text/css; charset=utf-8", readFileSync(packagePath("assets/pages.css"), "utf8")),
    ],
    icon: assetOf("icon.svg", "image/svg+xml", readFileSync(packagePath("assets/icon.svg"), "utf8")),
  };
}

/**
 * GDS Transport is licensed for GOV.UK's own domains, and the crest is the Crown's: neither is named, so neither is asked for.
 */
export function withoutRestricted(css: string): string {
  return css
    .replace(/@font-face\s*\{[^}]*\}/g, "")
    .replace(/(["']?)GDS Transport\1\s*,\s*arial\s*,\s*sans-serif/gi, "arial,helvetica,sans-serif")
    .replace(/url\([^)]*\)/g, "none")
    .replace(/\/\*# sourceMappingURL=[^*]*\*\//g, "");
}

function assetOf(name: string, type: string, content: string): Asset {
  const fingerprint = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return { href: `/assets/${name}?v=${fingerprint}`, type, content };
}
