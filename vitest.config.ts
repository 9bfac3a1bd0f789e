import { defineConfig } from 'vitest/config'

// Packages resolve to their sources, so tests pass before any build.
const conditions = ['@intermediate/source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A machine of CI is shared: what fails there once and not again is reported as such, and fails nothing.
    retry: process.env.CI ? 1 : 0,
    projects: [
      { extends: true, test: { name: 'units', include: ['packages/*/src/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'properties', include: ['test/**/*.test.ts'], exclude: ['test/engines/**'] },
      },
      {
        extends: true,
        // Real engines are slow: these come last, when nothing else competes for the processor.
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          exclude: ['test/engines/swarm/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // A swarm shows wherever else an engine is looked at, and an engine has one: they come one by one, when nobody looks.
        test: {
          name: 'swarm',
          include: ['test/engines/swarm/**/*.test.ts'],
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
