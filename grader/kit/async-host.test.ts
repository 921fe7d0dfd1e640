import { describe, expect, it } from 'vitest'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { asyncGuest } from './async-guest.ts'
import type { AsyncProcess, Crash as CrashPoint, HostCall } from './async-host.ts'
import { AsyncHost } from './async-host.ts'
import { example } from './checks.ts'
import { Crash } from './stop.ts'
import { Trial } from './trial.ts'

const engine = await loadEngineNode()

/** A counter file and a lock, shared by processes that each add one to it. */
function counterHost(code: string, seed: number) {
  const guest = asyncGuest({ functions: ['add'], methods: ['lock', 'unlock', 'read', 'write'] })
  const check = example('a check', { run: () => {} })
  const trial = new Trial({ engine, code, guest, limits: {}, check, seed })
  let value = 0
  let holder: AsyncProcess | undefined
  const waiting: HostCall[] = []
  const grant = (_answered?: void) => {
    const next = waiting.shift()
    holder = next?.process
    next?.reply()
  }
  const host = new AsyncHost(trial, {
    perform(call) {
      if (call.method === 'read') call.reply(value)
      else if (call.method === 'write') call.reply((value = call.args[0] as number))
      else if (call.method === 'unlock') grant(call.reply())
      else {
        waiting.push(call)
        if (!holder) grant()
      }
    },
    ended: (process) => void (process === holder && grant()),
  })
  return { host, value: () => value }
}

const adding = (before = '', after = '') => `export default { async add(by, file) {
  ${before}
  const value = await file.read()
  await file.write(value + by)
  ${after}
  return value + by
} }`
const locked = adding('await file.lock()', 'await file.unlock()')

function runAll(code: string, seed: number, count = 4, crash?: CrashPoint) {
  const { host, value } = counterHost(code, seed)
  for (let i = 0; i < count; i++)
    host.start(`add-${i}`, 'add', [1], { at: i * 100, ...(i === 0 && crash && { crash }) })
  host.run()
  return { host, value: value() }
}

describe('processes with a host between them', () => {
  it('interleave: without a lock some seed loses an update', () => {
    const values = Array.from({ length: 10 }, (_, seed) => runAll(adding(), seed).value)
    expect(Math.min(...values)).toBeLessThan(4)
  })

  it('wait for a lock in turn', () => {
    for (let seed = 0; seed < 10; seed++) expect(runAll(locked, seed).value).toBe(4)
  })

  it.each([
    [{ call: 3, when: 'before' }, 3],
    [{ call: 3, when: 'after' }, 4],
  ] as [CrashPoint, number][])('die at a call (%j), and let go of the lock', (crash, value) => {
    const run = runAll(locked, 1, 4, crash)
    expect([run.value, run.host.processes[0]!.isDead, run.host.processes[0]!.outcome]).toEqual([value, true, undefined])
  })

  it('run the same way for the same seed', () => {
    expect(runAll(locked, 5).host.log).toEqual(runAll(locked, 5).host.log)
  })

  it('are told apart from those that wait for ever', () => {
    expect(() => runAll(adding('await file.lock(); await file.lock()'), 1, 1)).toThrow(Crash)
  })

  it('give what was thrown as their outcome', () => {
    const { host } = runAll(adding(`throw new Error('no')`), 1, 1)
    expect(host.processes[0]!.outcome).toMatchObject({ ok: false, kind: 'threw' })
  })

  it('ends who asks again and again, by a budget that says where and how much', () => {
    const { host } = counterHost(adding('for (;;) await file.read()'), 1)
    host.start('p1', 'add', [1])
    let thrown: unknown
    try {
      host.run()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({
      during: 'p1',
      failure: { kind: 'fuel', budget: { name: 'calls', limit: 1000, unit: 'calls' } },
    })
    expect(host.processes[0]!.calls).toBe(1001)
  })
})
