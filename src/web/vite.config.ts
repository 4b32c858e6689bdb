import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where `vite dev` finds a hub. */
const HUB = "http://127.0.0.1:8000";

export default defineConfig({
  root: here("."),
  plugins: [react(), tailwindcss()],
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
