import type { EndpointInfo } from './endpoint-types.js'

/** True if some path fits both endpoints, whatever their methods. */
export function overlap(one: EndpointInfo, other: EndpointInfo): boolean {
  return fit(segmentsOf(one), segmentsOf(other))
}

/** A fixed segment, or what stands for one segment or several. */
type Segment = { readonly text: string } | 'one' | 'several'

function fit(ones: readonly Segment[], others: readonly Segment[]): boolean {
  const [one, ...restOfOnes] = ones
  const [other, ...restOfOthers] = others
  if (one === undefined || other === undefined) return one === other
  if (!fitOne(one, other)) return false
  return (
    fit(restOfOnes, restOfOthers) ||
    (one === 'several' && fit(ones, restOfOthers)) ||
    (other === 'several' && fit(restOfOnes, others))
  )
}

/** A parameter is never empty, unless it spans slashes. */
function fitOne(one: Segment, other: Segment): boolean {
  if (typeof one === 'object' && typeof other === 'object') return one.text === other.text
  const fixed = typeof one === 'object' ? one : typeof other === 'object' ? other : undefined
  return fixed?.text !== '' || one === 'several' || other === 'several'
}

function segmentsOf({ path, slashes }: EndpointInfo): Segment[] {
  return path
    .slice(1)
    .split('/')
    .map((text) => {
      if (!text.startsWith(':')) return { text }
      return slashes ? 'several' : 'one'
    })
}
