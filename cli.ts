#!/usr/bin/env node
/** Where `s21` starts. Compiled it is `dist/cli.js`, and stands above `dist/src` and `dist/jobs`; see docs/decisions. */
import "./src/cli.ts";
