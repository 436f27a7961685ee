import { defineConfig } from "vite";

/** Where `ringfence serve` runs while the console is developed: RINGFENCE_API=http://127.0.0.1:8311 npm run dev */
const api = process.env.RINGFENCE_API ?? "http://127.0.0.1:8300";

/** The server takes changes from its own pages only, so what Vite passes on says that it comes from there. */
const proxy = { "/api": { target: api, changeOrigin: true, headers: { origin: api } } };

// The server hands the built console out; in development Vite does, and passes the API on.
export default defineConfig({
  base: "./",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    outDir: "../src/ringfence/server/console",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or fonts
    sourcemap: false,
    chunkSizeWarningLimit: 1500, // MapLibre GL is one piece
  },
  server: { proxy },
  preview: { proxy },
});
