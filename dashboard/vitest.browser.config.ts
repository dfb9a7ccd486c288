import { defineConfig } from "vitest/config";

// Drives Chromium against a real server: see tests/server.ts for what it needs.
export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
