import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { buildMeteredEngine, inputPath, meteredFrom } from './build-engine.ts'
import { enginePin } from './engine-pin.ts'
import { readSections, sectionId, writeSections } from './wasm/sections.ts'

type Section = ReturnType<typeof readSections>[number]

const folder = mkdtempSync(join(tmpdir(), 'engine-'))
afterAll(() => rmSync(folder, { recursive: true }))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('the metered engine', () => {
  const path = join(folder, 'deep', 'engine.wasm')

  it('is built where it is missing', () => {
    expect(sha256(buildMeteredEngine(path))).toBe(enginePin.outputSha256)
    expect(sha256(readFileSync(path))).toBe(enginePin.outputSha256)
  })

  it('is left alone where it is right', () => {
    const before = statSync(path, { bigint: true })
    buildMeteredEngine(path)
    expect(statSync(path, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs })
  })

  it('is built anew where it is not what is pinned', () => {
    writeFileSync(path, 'an older engine')
    expect(sha256(buildMeteredEngine(path))).toBe(enginePin.outputSha256)
    expect(sha256(readFileSync(path))).toBe(enginePin.outputSha256)
  })
})

describe('the guard of the build', () => {
  const input = new Uint8Array(readFileSync(inputPath()))
  const bytesOf = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)]
  const withSections = (change: (sections: Section[]) => Section[]) => writeSections(change(readSections(input)))

  it('takes the build that npm has put there, whatever is kept in the cache', () => {
    expect(sha256(meteredFrom(input))).toBe(enginePin.outputSha256)
  })

  it('refuses a build that does the same, but is another', () => {
    const planted = { id: 0, content: Uint8Array.from([...bytesOf('note'), 1, 2, 3]) }
    const another = withSections((sections) => [...sections, planted])
    expect(() => meteredFrom(another)).toThrow(
      /is not the QuickJS build of .*: its sha256 is [0-9a-f]{64}.*Remedy: run npm ci/s,
    )
  })

  it('refuses a module that asks its host for something else, and names it', () => {
    const entry = [...bytesOf('env'), ...bytesOf('open_file'), 0, 0]
    const asking = Uint8Array.from([
      0,
      0x61,
      0x73,
      0x6d,
      1,
      0,
      0,
      0,
      1,
      4,
      1,
      0x60,
      0,
      0,
      2,
      1 + entry.length,
      1,
      ...entry,
    ])
    expect(() => meteredFrom(asking)).toThrow(/new are env\.open_file, gone are a\.a, a\.b, .*Remedy: run npm ci/s)
  })

  it('refuses a build that has lost an import', () => {
    const asking = withSections((sections) =>
      sections.map((section) => (section.id === sectionId.import ? renamed(section, 'q', 'Q') : section)),
    )
    expect(() => meteredFrom(asking)).toThrow(/new are a\.Q, gone are a\.q\. /)
  })

  /** An import `a.<from>` by another name of the same length. */
  function renamed(section: Section, from: string, to: string): Section {
    const content = Uint8Array.from(section.content)
    const pattern = [1, 0x61, 1, from.charCodeAt(0)]
    const at = content.findIndex((_, index) => pattern.every((byte, offset) => content[index + offset] === byte))
    content[at + 3] = to.charCodeAt(0)
    return { ...section, content }
  }
})
