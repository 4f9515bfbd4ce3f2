import { extname } from "node:path";
import type { DocumentFormat } from "../../letter.ts";

const EXTENSIONS: Record<string, DocumentFormat> = {
  ".txt": "txt",
  ".text": "txt",
  ".md": "md",
  ".markdown": "md",
  ".html": "html",
  ".htm": "html",
  ".xhtml": "html",
  ".docx": "docx",
  ".docm": "docx",
  ".pdf": "pdf",
  ".eml": "eml",
};

/** The format that a file's name claims; null where the name claims none of ours. */
export function formatNamed(name: string): DocumentFormat | null {
  return EXTENSIONS[extname(name).toLowerCase()] ?? null;
}
