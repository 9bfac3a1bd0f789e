/** Tells the time since it was made, and the processor time that this process used since then, both in s. */
export function stopwatch() {
  const begun = performance.now()
  const used = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(used)
    return { seconds: (performance.now() - begun) / 1000, cpu: (user + system) / 1e6 }
  }
}

export function report(result) {
  process.stdout.write(JSON.stringify(result))
}
