/**
 * Builds `.cache/engine/quickjs-metered.wasm` from the QuickJS build in node_modules, and checks both against their pins.
 * Does nothing when the file is there and right. Run it at set-up: `node grader/sandbox/build-engine.ts`.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { enginePin, importLetters, smallestMemoryPages } from './engine-pin.ts'
import { meter } from './meter.ts'
import { readSections, sectionId, withMinimumMemory, writeSections } from './wasm/sections.ts'

/** Where the metered module is kept: in the checkout's cache, away from what is committed. */
export const meteredEnginePath = fileURLToPath(new URL('../../.cache/engine/quickjs-metered.wasm', import.meta.url))

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** The metered module's bytes, from the file if it is right. Throws, with the remedy, when a hash is not the pinned one. */
export function buildMeteredEngine(path = meteredEnginePath): Uint8Array<ArrayBuffer> {
  const kept = readIfThere(path)
  if (kept !== undefined && sha256(kept) === enginePin.outputSha256) return kept

  const metered = meteredFrom(readFileSync(inputPath()))
  mkdirSync(dirname(path), { recursive: true })
  // Two processes may build at once: each writes its own file, and the last rename wins.
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, metered)
  renameSync(draft, path)
  return metered
}

/** Where npm has put the QuickJS build that is taken in. */
export const inputPath = (): string =>
  createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')

/** Meters a QuickJS build. Throws unless it asks its host for exactly what is pinned, and it and its result have the pinned hashes. */
export function meteredFrom(input: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  expectImports(input)
  expectHash(input, enginePin.inputSha256, `this is not the QuickJS build of ${enginePin.package}`, 'run npm ci')
  const metered = meter(withSmallerMemory(input))
  expectHash(
    metered,
    enginePin.outputSha256,
    'the meter makes another module than the pinned one',
    'if meter.ts was meant to change: check the fuel figures, then pin the new hash in grader/sandbox/engine-pin.ts',
  )
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

/** What a module asks of its host is what it could reach: nothing may be added in silence. */
function expectImports(bytes: Uint8Array<ArrayBuffer>): void {
  const pinned = Object.values(importLetters).map((letter) => `a.${letter}`)
  const found = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map(({ module, name }) => `${module}.${name}`)
  const added = found.filter((name) => !pinned.includes(name))
  const missing = pinned.filter((name) => !found.includes(name))
  if (added.length + missing.length === 0) return
  throw new Error(
    `the QuickJS build asks its host for other things than ${enginePin.package}: ` +
      `new are ${added.join(', ') || 'none'}, gone are ${missing.join(', ') || 'none'}. ` +
      'Remedy: run npm ci; after an upgrade, read what each import does, and name it in grader/sandbox/engine-pin.ts and imports.ts.',
  )
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
