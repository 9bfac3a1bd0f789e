/** A reply of many items, by how many thousands of them it has. */
interface Many {
  blocks(thousands: number): Generator<Buffer>
  /** Of its content, in bytes; without one item of ten if it is filtered. */
  length(thousands: number, isFiltered: boolean): number
}
export declare const containers: Many
export declare const events: Many
