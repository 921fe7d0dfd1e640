import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { buildMeteredEngine } from './build-engine.ts'
import { enginePin } from './engine-pin.ts'

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
