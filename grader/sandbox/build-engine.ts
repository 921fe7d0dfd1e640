/**
 * Builds `.cache/engine/quickjs-metered.wasm` from the QuickJS build in node_modules, and checks both against their pins.
 * Does nothing when the file is there and right. Run it at set-up: `node grader/sandbox/build-engine.ts`.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { enginePin, smallestMemoryPages } from './engine-pin.ts'
import { meter } from './meter.ts'
import { readSections, sectionId, withMinimumMemory, writeSections } from './wasm/sections.ts'

/** Where the metered module is kept: in the checkout's cache, away from what is committed. */
export const meteredEnginePath = fileURLToPath(new URL('../../.cache/engine/quickjs-metered.wasm', import.meta.url))

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** The metered module's bytes, from the file if it is right. Throws, with the remedy, when a hash is not the pinned one. */
export function buildMeteredEngine(path = meteredEnginePath): Uint8Array<ArrayBuffer> {
  const kept = readIfThere(path)
  if (kept !== undefined && sha256(kept) === enginePin.outputSha256) return kept

  const source = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
  const input = readFileSync(source)
  expectHash(input, enginePin.inputSha256, `${source} is not the QuickJS build of ${enginePin.package}`, 'run npm ci')
  const metered = meter(withSmallerMemory(input))
  expectHash(
    metered,
    enginePin.outputSha256,
    'the meter makes another module than the pinned one',
    'if meter.ts was meant to change: check the fuel figures, then pin the new hash in grader/sandbox/engine-pin.ts',
  )
  mkdirSync(dirname(path), { recursive: true })
  // Two processes may build at once: each writes its own file, and the last rename wins.
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, metered)
  renameSync(draft, path)
  return metered
}

/** The build asks for 16 MiB at least. A guest rarely uses half of that, and small memories are much quicker to make. */
function withSmallerMemory(module: Uint8Array): Uint8Array {
  const sections = readSections(module)
  return writeSections(
    sections.map((section) =>
      section.id === sectionId.import ? withMinimumMemory(section, smallestMemoryPages) : section,
    ),
  )
}

function readIfThere(path: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(readFileSync(path))
  } catch {
    return undefined
  }
}

function expectHash(bytes: Uint8Array, expected: string, problem: string, remedy: string): void {
  const found = sha256(bytes)
  if (found !== expected)
    throw new Error(`${problem}: its sha256 is ${found}, expected ${expected}. Remedy: ${remedy}.`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = buildMeteredEngine()
  console.log(`engine: ${meteredEnginePath}, ${bytes.length} bytes, sha256 ${enginePin.outputSha256.slice(0, 12)}…`)
}
