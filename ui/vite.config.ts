import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig } from "vitest/config";

const OUT = "../src/pluto/page_files";

/** Writes `<file>.gz` beside each file that is worth it, so that the server never compresses. */
const gzipped = {
  name: "gzipped",
  closeBundle() {
    for (const entry of readdirSync(OUT, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(js|css|html|svg|json)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
};

/** Writes `icon-<n>.svg`: the icon of the tab with a red mark that says how many miners need attention. */
const counted = {
  name: "counted",
  writeBundle() {
    const icon = readFileSync(join(OUT, "icon.svg"), "utf8");
    for (let count = 1; count <= 9; count++) {
      const words = `font-family="sans-serif" font-weight="700" font-size="16" text-anchor="middle" fill="#fff"`;
      const mark = `<circle cx="22" cy="22" r="10" fill="#b3261e"/><text x="22" y="27.5" ${words}>${count}</text></svg>`;
      writeFileSync(join(OUT, `icon-${count}.svg`), icon.replace("</svg>", mark));
    }
  },
};

export default defineConfig({
  build: { outDir: OUT, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  plugins: [counted, gzipped],
  server: {
    // `npm run dev` beside a running `pluto demo`
    proxy: Object.fromEntries(
      ["/api", "/devices", "/socket/io", "/metrics", "/version"].map((path) => [path, { target: "http://127.0.0.1:7776", ws: true }]),
    ),
  },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
