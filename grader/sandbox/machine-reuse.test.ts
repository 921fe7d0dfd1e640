/** A machine that has served one guest serves the next as if it were new. */
import { describe, expect, it } from 'vitest'
import { buildMeteredEngine } from './build-engine.ts'
import { cStack, heapEndAddress, smallestMemoryPages } from './engine-pin.ts'
import type { Engine } from './engine.ts'
import { loadEngine } from './engine.ts'
import type { Guest } from './guest.ts'
import { Machine } from './machine.ts'
import type { GuestOptions } from './sandbox.ts'
import { ByteReader } from './wasm/bytes.ts'
import { readSections, sectionId } from './wasm/sections.ts'

const newEngine = (): Promise<Engine> => loadEngine(buildMeteredEngine())

function started(engine: Engine, options: GuestOptions): Guest {
  const result = engine.start(options)
  if (!result.ok) throw new Error(result.message)
  return result.guest
}

const machineOf = (guest: Guest): Machine => (guest as unknown as { machine: Machine }).machine
const memoryOf = (guest: Guest): Buffer => Buffer.from(machineOf(guest).memory.buffer.slice(0))

function fall(): never {
  throw new Error('planted')
}

const poison: GuestOptions = {
  code: `
    const kept = []
    export default {
      poison() {
        globalThis.leak = 'leak'
        for (const change of [() => { Array.prototype.leak = 1 }, () => { Map.prototype.get = () => 1 }]) try { change() } catch {}
        for (let i = 0; i < 500; i++) kept.push('poison'.repeat(i % 40) + i)
        console.log('poison')
        return kept.length
      },
      deep(n = 0) { return n < 300 ? this.deep(n + 1) : n },
      async never() { await new Promise(() => {}) },
    }`,
}
const probe: GuestOptions = {
  code: `
    let calls = 0
    export default {
      look: () => [++calls, typeof leak, [].leak === undefined, new Map([[1, 2]]).get(1), Object.getOwnPropertyNames(globalThis)],
    }`,
}

/** Fills machines with another guest's remains and gives them back. */
function leaveRemains(engine: Engine): void {
  for (let round = 0; round < 3; round++) {
    const guest = started(engine, poison)
    guest.call('poison', [])
    guest.call('deep', [])
    guest.begin('never', [])
    engine.release(guest)
  }
}

describe('a machine that was used before', () => {
  it.each([1, 2, 3])('is the same to the byte as a new one at start %i of a submission', async (nth) => {
    const [used, fresh] = [await newEngine(), await newEngine()]
    leaveRemains(used)
    const remains = (used as unknown as { idle: Machine[] }).idle.slice()
    expect(remains).toHaveLength(1)
    for (let i = 1; i < nth; i++) for (const engine of [used, fresh]) engine.release(started(engine, probe))
    const [a, b] = [started(used, probe), started(fresh, probe)]
    expect(remains.includes(machineOf(a))).toBe(true)
    expect(memoryOf(a).equals(memoryOf(b))).toBe(true)
    for (let call = 0; call < 3; call++) expect(a.call('look', [])).toEqual(b.call('look', []))
    expect(a.fuelUsed()).toBe(b.fuelUsed())
    expect(a.takeConsole()).toEqual([])
    expect(memoryOf(a).equals(memoryOf(b))).toBe(true)
  })

  it.each([
    ['it ran out of fuel', 'for (;;) {}', {}],
    ['it ran out of fuel inside a built-in', 'return [].indexOf.call({ length: 2 ** 53 - 1 }, 0)', {}],
    ['it ran out of memory', 'const all = []; for (;;) all.push(new Array(1000).fill(1))', { memoryBytes: 8 << 20 }],
    [
      'its stack ran out',
      'const nest = []; let at = nest; for (let i = 0; i < 1e5; i++) at = at[0] = []; return nest.flat(Infinity)',
      {},
    ],
    ['its memory has grown', 'return new Array(300_000).fill(1).length', {}],
  ] as [string, string, GuestOptions['limits']][])('is dropped when %s', async (_, body, limits) => {
    const engine = await newEngine()
    const code = `export default { act() { ${body} } }`
    const guest = started(engine, { code, limits: { fuelPerCall: 3_000_000, ...limits } })
    guest.call('act', [])
    const machine = machineOf(guest)
    engine.release(guest)
    expect(machineOf(started(engine, { code, limits: limits ?? {} }))).not.toBe(machine)
  })

  it.each([
    ['the host breaks down while it is called', (machine: Machine) => (machine.onEmit = fall), 'engine'],
    ['the engine reads outside of its memory', (machine: Machine) => (machine.context = 0x7ffffff0), 'engine'],
    ['the host breaks down between two calls', (machine: Machine) => (machine.ask = fall), 'thrown'],
  ] as [string, (machine: Machine) => void, string | undefined][])(
    'is dropped when %s',
    async (_, breakIt, expected) => {
      const engine = await newEngine()
      const options = { code: 'export default { act() { console.log("here"); return 1 } }' }
      const guest = started(engine, options)
      const machine = machineOf(guest)
      breakIt(machine)
      let found: string
      try {
        const outcome = guest.call('act', [])
        found = outcome.ok ? 'ok' : outcome.kind
      } catch {
        found = 'thrown'
      }
      expect(found).not.toBe('ok')
      if (expected !== undefined) expect(found).toBe(expected)
      engine.release(guest)
      const next = started(engine, options)
      expect(machineOf(next)).not.toBe(machine)
      expect(next.call('act', [])).toEqual({ ok: true, value: 1 })
    },
  )

  it('is dropped when its guest did not even start', async () => {
    const engine = await newEngine()
    for (const code of ['for (;;) {}', 'throw 1', 'export default 1', 'const a = []; for (;;) a.push(a.concat(a, 1))'])
      expect(engine.start({ code, limits: { fuelPerCall: 1_000_000 } }).ok).toBe(false)
    expect((engine as unknown as { idle: Machine[] }).idle).toEqual([])
  })

  it('serves again however many of another size wait', async () => {
    const engine = await newEngine()
    const others = Array.from({ length: 28 }, () => started(engine, probe))
    for (const guest of others) engine.release(guest)
    const small = { ...probe, limits: { memoryBytes: 16 * 1024 * 1024 } }
    const first = started(engine, small)
    const machine = machineOf(first)
    engine.release(first)
    expect(machineOf(started(engine, small)) === machine).toBe(true)
    expect((engine as unknown as { idle: Machine[] }).idle.length).toBeLessThanOrEqual(24)
  })

  it('is not found through the guest that had it', async () => {
    const engine = await newEngine()
    const guest = started(engine, probe)
    guest.call('look', [])
    const fuel = guest.fuelUsed()
    engine.release(guest)
    engine.release(guest)
    expect(guest.fuelUsed()).toBe(fuel)
    expect(() => guest.call('look', [])).toThrow('this guest was released')
    const [a, b] = [started(engine, probe), started(engine, probe)]
    expect(machineOf(a) === machineOf(b)).toBe(false)
  })
})

describe('the end of the heap', () => {
  const heapEndOf = (machine: Machine): number => new Uint32Array(machine.memory.buffer, heapEndAddress, 1)[0]!

  it('is where the heap begins in a new instance', async () => {
    const module = await WebAssembly.compile(buildMeteredEngine())
    expect(heapEndOf(new Machine(module, smallestMemoryPages * 65536))).toBe(cStack.top)
  })

  it.each([
    ['nothing', 'return 0'],
    [
      'a little, and lets it go',
      'let a = []; for (let i = 0; i < 20; i++) a = new Array(5_000).fill(i); return a.length',
    ],
    ['much, and lets it go', 'let a = new Array(100_000).fill(1); a = undefined; return "x".repeat(90_000).length'],
    ['more than there was', 'return new Array(300_000).fill(1).length'],
  ])('is above all that was written by a guest that takes %s', async (_, body) => {
    const guest = started(await newEngine(), { code: `export default { act() { ${body} } }` })
    const before = heapEndOf(machineOf(guest))
    expect(guest.call('act', []).ok).toBe(true)
    const after = heapEndOf(machineOf(guest))
    expect(after).toBeGreaterThanOrEqual(before)
    expect(
      memoryOf(guest)
        .subarray(after)
        .every((byte) => byte === 0),
    ).toBe(true)
  })
})

it('a start that is kept is not disturbed by those that follow it', async () => {
  const [engine, fresh] = [await newEngine(), await newEngine()]
  const nth = (i: number): GuestOptions => ({ code: `export default { look: () => '${'-'.repeat(i * 900)}${i}' }` })
  // More than are kept; from the fifth on each is written into the storage of one that is forgotten.
  for (const i of [0, 1, 2, 3, 6, 5, 2, 6, 7]) {
    for (let start = 0; start < 2; start++) {
      const [guest, other] = [started(engine, nth(i)), started(fresh, nth(i))]
      expect(memoryOf(guest).equals(memoryOf(other))).toBe(true)
      expect(guest.call('look', [])).toEqual({ ok: true, value: '-'.repeat(i * 900) + i })
      engine.release(guest)
    }
  }
})

describe('the metered module', () => {
  it('keeps nothing of a run but its memory: four globals, of which three are the meter’s and one the stack pointer', () => {
    const sections = readSections(buildMeteredEngine())
    const globals = new ByteReader(sections.find(({ id }) => id === sectionId.global)!.content, 0)
    expect(globals.unsigned()).toBe(4)
    expect([globals.byte(), globals.byte(), globals.byte(), globals.unsigned()]).toEqual([0x7f, 1, 0x41, cStack.top])
  })
})
