import { arch } from 'node:os'

const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  arm: 'arm',
  arm64: 'arm64',
}
const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }

/** This machine's architecture, as images name it. */
export const architecture = architectures[arch()] ?? arch()

/** The same, as the kernel names it. */
export const machine = machines[arch()] ?? arch()
