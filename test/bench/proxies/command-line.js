/** The upstream that the command was given, for layers that need its address. */
export const origin = process.argv.find((word) => word.startsWith('--upstream='))?.slice('--upstream='.length)
