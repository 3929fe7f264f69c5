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

export default defineConfig({
  build: { outDir: OUT, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  plugins: [gzipped],
  server: {
    // `npm run dev` beside a running `pluto demo`
    proxy: Object.fromEntries(
      ["/api", "/devices", "/socket/io", "/metrics", "/version"].map((path) => [path, { target: "http://127.0.0.1:7776", ws: true }]),
    ),
  },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
