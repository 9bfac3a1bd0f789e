/** Several documents of one shape as one: numbers are added, lists joined, objects summed by field; else the first. */
export function added(values: readonly unknown[]): unknown {
  const given = values.filter((value) => value !== null && value !== undefined)
  if (given.length === 0) return null
  if (given.every((value) => typeof value === 'number' || typeof value === 'bigint')) return total(given)
  if (given.every((value) => Array.isArray(value))) return given.flat()
  if (given.every(isObject)) {
    const names = new Set(given.flatMap((value) => Object.keys(value)))
    return Object.fromEntries([...names].map((name) => [name, added(given.map((value) => value[name]))]))
  }
  return given[0]
}

function total(numbers: readonly (number | bigint)[]): number | bigint {
  const all = numbers.reduce<number>((so, number) => so + Number(number), 0)
  if (Number.isSafeInteger(all) || numbers.some((number) => !Number.isInteger(Number(number)))) return all
  return numbers.reduce<bigint>((so, number) => so + BigInt(number), 0n)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
