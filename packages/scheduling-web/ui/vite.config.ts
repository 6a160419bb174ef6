import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

/** Addresses that the service answers and the pages do not. */
const SERVICE = ["/api", "/schema", "/problems", "/health"];

export default defineConfig(({ mode }) => {
  const { VITE_SERVICE_URL = "http://127.0.0.1:8000" } = loadEnv(mode, import.meta.dirname);
  return {
    plugins: [react()],
    build: {
      outDir: "../src/scheduling_web/static",
      emptyOutDir: true,
      target: "es2022",
      // The content security policy allows files of our own origin only: nothing inline, no data addresses.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
    server: {
      // The service sees requests as if the browser had made them to it.
      proxy: Object.fromEntries(SERVICE.map((path) => [path, { target: VITE_SERVICE_URL }])),
    },
  };
});
