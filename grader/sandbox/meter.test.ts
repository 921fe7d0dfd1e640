import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildMeteredEngine } from './build-engine.ts'
import { exportLetters, importLetters } from './engine-pin.ts'
import { meter } from './meter.ts'

const i32 = 0x7f
const section = (id: number, ...content: number[]) => [id, content.length, ...content]

/** A module with functions `f`, `g` … of type (i32) -> i32, one page of memory, and no locals but the parameter. */
function moduleOf(...bodies: number[][]): Uint8Array {
  const names = bodies.map((_, index) => 'fghij'.charCodeAt(index))
  const functions = bodies.map((body) => [0, ...body, 0x0b])
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, 1, 0x60, 1, i32, 1, i32),
    ...section(3, bodies.length, ...bodies.map(() => 0)),
    ...section(5, 1, 0, 1),
    ...section(7, bodies.length, ...names.flatMap((name, index) => [1, name, 0, index])),
    ...section(10, bodies.length, ...functions.flatMap((body) => [body.length, ...body])),
  ])
}

const identity = [0x20, 0]
/** Counts its argument down to 0: `loop; n = n - 1; br_if 0; end`. */
const countDown = [0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 0]
/** `if (n) return f(n - 1) else return 0`. */
const recurse = [0x20, 0, 0x04, i32, 0x20, 0, 0x41, 1, 0x6b, 0x10, 0, 0x05, 0x41, 0, 0x0b]
/** Fills the first n bytes of memory, and returns n. */
const fill = [0x41, 0, 0x41, 7, 0x20, 0, 0xfc, 11, 0, 0x20, 0]
/** Calls itself, through call, twice in a row at depth 1: f(0) is cheap, f(1) calls f(0) twice. */
const twice = [0x20, 0, 0x04, i32, 0x41, 0, 0x10, 0, 0x1a, 0x41, 0, 0x10, 0, 0x05, 0x41, 9, 0x0b]

interface Metered {
  f(argument: number): number
  fuel: WebAssembly.Global
  depth: WebAssembly.Global
}

async function metered(body: number[]): Promise<Metered> {
  const { instance } = await WebAssembly.instantiate(meter(moduleOf(body)))
  return instance.exports as unknown as Metered
}

async function fuelOf(body: number[], argument: number): Promise<number> {
  const module = await metered(body)
  module.fuel.value = 1_000_000
  module.f(argument)
  return 1_000_000 - (module.fuel.value as number)
}

describe('fuel', () => {
  it.each([
    ['a call costs 1', identity, 5, 1],
    ['each turn of a loop costs 1', countDown, 10, 11],
    ['each call of a recursion costs 1', recurse, 10, 11],
    ['64 bytes of bulk memory cost 1', fill, 6400, 101],
    ['fewer than 64 bytes are free', fill, 63, 1],
  ] as const)('%s', async (_name, body, argument, cost) => {
    expect(await fuelOf([...body], argument)).toBe(cost)
  })

  it('lets exactly as much happen as there is, then traps', async () => {
    const module = await metered(countDown)
    module.fuel.value = 11
    expect(module.f(10)).toBe(0)
    expect(module.fuel.value).toBe(0)
    module.fuel.value = 10
    expect(() => module.f(10)).toThrow(WebAssembly.RuntimeError)
    expect(module.fuel.value).toBe(-1)
  })

  it('stops a loop that would never end', async () => {
    const module = await metered([0x03, 0x40, 0x0c, 0, 0x0b, 0x41, 0])
    module.fuel.value = 100_000
    expect(() => module.f(0)).toThrow(WebAssembly.RuntimeError)
  })

  it('changes no result', async () => {
    const plain = await WebAssembly.instantiate(moduleOf(fill) as BufferSource)
    expect((await metered(fill)).f(300)).toBe((plain.instance.exports['f'] as (n: number) => number)(300))
  })
})

describe('depth', () => {
  const frame = 64 + 8

  it('is spent by frames that are open, and comes back with each return', async () => {
    const module = await metered(twice)
    module.depth.value = 2 * frame
    expect(module.f(1)).toBe(9)
    module.depth.value = 2 * frame - 1
    expect(() => module.f(1)).toThrow(WebAssembly.RuntimeError)
    expect(module.depth.value).toBe(-1)
  })

  it.each([0, 1, 10, 1000])('allows recursion of %i frames and not of one more', async (calls) => {
    const module = await metered(recurse)
    module.depth.value = (calls + 1) * frame
    expect(module.f(calls)).toBe(0)
    module.depth.value = (calls + 1) * frame
    expect(() => module.f(calls + 1)).toThrow(WebAssembly.RuntimeError)
  })
})

describe('what the meter does not know it refuses', () => {
  it.each([
    ['a module that is none', Uint8Array.of(1, 2, 3), /not a WebAssembly/],
    ['SIMD', moduleOf([0xfd, 0x0c]), /instruction 0xfd/],
    ['a tail call', moduleOf([0x20, 0, 0x12, 0]), /instruction 0x12/],
    ['an unknown bulk instruction', moduleOf([0xfc, 99]), /instruction 0xfc 99/],
  ])('%s', (_name, module, message) => {
    expect(() => meter(module)).toThrow(message)
  })
})

describe('the real engine', () => {
  let module: WebAssembly.Module
  beforeAll(async () => {
    module = await WebAssembly.compile(buildMeteredEngine())
  })

  it('imports exactly what is pinned, by the pinned letters', () => {
    const imported = WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`)
    expect(imported.sort()).toEqual(
      Object.values(importLetters)
        .map((letter) => `a.${letter}`)
        .sort(),
    )
  })

  it('exports all that is used, and the two counters', () => {
    const exported = WebAssembly.Module.exports(module).map(({ name }) => name)
    expect(exported).toEqual(expect.arrayContaining([...Object.values(exportLetters), 'fuel', 'depth']))
  })

  it('has the letters that its own glue code gives to the same names', () => {
    const path = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/emscripten-module')
    const assignments = readFileSync(path, 'utf8').match(/\b_\w+=\w\.[\w$]+(?=;)/g) ?? []
    const letters = new Map(assignments.map((text) => text.split(/=\w\./) as [string, string]))
    const named: Record<string, string> = {
      ...{ malloc: '_malloc', free: '_free', evaluate: '_QTS_Eval', setMaxStackSize: '_QTS_RuntimeSetMaxStackSize' },
      ...{ enableInterruptHandler: '_QTS_RuntimeEnableInterruptHandler', argument: '_QTS_ArgvGetJSValueConstPointer' },
      ...{ freeValue: '_QTS_FreeValuePointer', newHostReference: '_QTS_NewHostRef' },
    }
    for (const [name, letter] of Object.entries(exportLetters)) {
      if (name === 'constructors') continue
      const exported = named[name] ?? `_QTS_${name[0]!.toUpperCase()}${name.slice(1)}`
      expect(letters.get(exported), name).toBe(letter)
    }
  })
})
