import fc from 'fast-check'

/** The same in every run unless FUZZ_SEED says otherwise, so that a failure is one everywhere. */
export const seed = Number(process.env['FUZZ_SEED'] ?? 9112)

/** How often each property is tried: FUZZ_RUNS, 10,000 by default, which is some seconds. */
export const runs = Number(process.env['FUZZ_RUNS'] ?? 10_000)

/** Tries a property of what was sent, and says with which seed it fails. */
export async function fuzz<T>(sent: fc.Arbitrary<T>, property: (sent: T) => Promise<void>, numRuns = runs) {
  await fc.assert(fc.asyncProperty(sent, property), { seed, numRuns })
}
