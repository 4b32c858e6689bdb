import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where `vite dev` finds a hub. */
const HUB = "http://127.0.0.1:8000";

/**
 * Runs `theme.js` before the first paint, which a module would miss, under a name with its hash: browsers keep what the
 * hub serves.
 */
function earlyTheme(): Plugin {
  const source = readFileSync(here("./theme.js"), "utf8");
  const fileName = `assets/theme-${createHash("sha256").update(source).digest("hex").slice(0, 8)}.js`;
  return {
    name: "early-theme",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { server }) => [
        { tag: "script", attrs: { src: server === undefined ? `/${fileName}` : "/theme.js" }, injectTo: "head" },
      ],
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName, source });
    },
  };
}

export default defineConfig({
  root: here("."),
  plugins: [react(), tailwindcss(), earlyTheme()],
  resolve: { alias: { "@deskwatch/client/reader": here("../../packages/client/src/reader.ts") } },
  build: {
    outDir: here("../../dist/web"),
    emptyOutDir: true,
    target: "es2022",
    // The content security policy of the hub has neither data: addresses nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { proxy: { "/api": { target: HUB, ws: true } } },
});
