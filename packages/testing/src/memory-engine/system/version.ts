/** The release of the engine that speaks the newest API here; the end says what this is. */
export const version = '29.7.0-memory'
