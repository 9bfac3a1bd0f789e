/** `true` */
export function ok(): Promise<number> {
  return Promise.resolve(0)
}

/** `false` */
export function no(): Promise<number> {
  return Promise.resolve(1)
}
