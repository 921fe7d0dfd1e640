import { describe, expect, it } from 'vitest'
import { loadEngineNode } from './engine-node.ts'
import type { Guest } from './guest.ts'
import { replay } from './replay.ts'
import type { GuestOptions, Turn } from './sandbox.ts'

const engine = await loadEngineNode()

function start(code: string, options: Partial<GuestOptions> = {}): Guest {
  const started = engine.start({ code, hostMethods: ['client.get', 'client.update', 'sleep'], ...options })
  if (!started.ok) throw new Error(started.message)
  return started.guest
}

/** One line per turn: what it asked, what ended, what is stuck. */
function show(turn: Turn): string {
  return [
    ...turn.requests.map(
      ({ id, method, args }) => `#${id} ${method}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`,
    ),
    ...turn.settled.map(
      ({ task, outcome }) => `task ${task}: ${outcome.ok ? JSON.stringify(outcome.value) : outcome.kind}`,
    ),
    ...turn.stuck.map(({ task }) => `task ${task} is stuck`),
    ...(turn.trap === undefined ? [] : [`trap: ${turn.trap.kind}`]),
  ].join('; ')
}

const controller = `
export default {
  async reconcile(request, { client }) {
    const object = await client.get(request.name)
    try {
      const updated = await client.update({ ...object, replicas: object.replicas + 1 })
      return { generation: updated.generation }
    } catch (error) {
      if (error instanceof Error && error.reason === 'Conflict') return { again: true, code: error.code, name: error.name }
      throw error
    }
  },
}`

describe('a task asks its host and waits', () => {
  it('runs from answer to answer', () => {
    const guest = start(controller)
    expect(show(guest.begin('reconcile', [{ name: 'web' }]))).toBe('#1 client.get("web")')
    expect(show(guest.deliver(1, { value: { replicas: 2 } }))).toBe('#2 client.update({"replicas":3})')
    expect(show(guest.deliver(2, { value: { generation: 7 } }))).toBe('task 1: {"generation":7}')
  })

  it('gets the host’s errors as Error instances with their fields', () => {
    const guest = start(controller)
    guest.begin('reconcile', [{ name: 'web' }])
    guest.deliver(1, { value: { replicas: 2 } })
    const error = { name: 'StatusError', message: 'the object has been modified', reason: 'Conflict', code: 409 }
    expect(show(guest.deliver(2, { error }))).toBe('task 1: {"again":true,"code":409,"name":"StatusError"}')
  })

  it('points at the request when an error of the host is not caught', () => {
    const guest = start(controller)
    guest.begin('reconcile', [{ name: 'web' }])
    const { settled } = guest.deliver(1, { error: { name: 'StatusError', message: 'pods "web" not found', code: 404 } })
    expect(settled[0]!.outcome).toMatchObject({
      kind: 'threw',
      message: 'StatusError: pods "web" not found',
      position: { line: 4 },
    })
  })

  it('interleaves with others, in the order of the answers', () => {
    const guest = start('let n = 0; export default { async add(by, { sleep }) { await sleep(by); n += by; return n } }')
    expect([guest.begin('add', [10]), guest.begin('add', [1])].map(show)).toEqual(['#1 sleep(10)', '#2 sleep(1)'])
    expect(show(guest.deliver(2, {}))).toBe('task 2: 1')
    expect(show(guest.deliver(1, {}))).toBe('task 1: 11')
  })

  it('may ask for many things at once', () => {
    const guest = start(
      'export default { async all({ sleep }) { return await Promise.all([1, 2, 3].map((n) => sleep(n))) } }',
    )
    expect(show(guest.begin('all', []))).toBe('#1 sleep(1); #2 sleep(2); #3 sleep(3)')
    expect(show(guest.deliver(3, { value: 'c' }))).toBe('')
    expect(show(guest.deliver(1, { value: 'a' }))).toBe('')
    expect(show(guest.deliver(2, { value: 'b' }))).toBe('task 1: ["a","b","c"]')
  })

  it('may be synchronous', () => {
    expect(show(start('export default { f: (n) => n + 1 }').begin('f', [1]))).toBe('task 1: 2')
  })
})

describe('an adapter with tasks', () => {
  const adapter = `export default (learner, tools) => {
    const context = Object.freeze({ now: () => tools.host.clock.now(), log: (text) => tools.request('log', text) })
    return { reconcile: async (name) => (await learner.reconcile({ name }, context)) ?? 'nothing' }
  }`
  const options = { adapter, hostMethods: ['clock.now'] }

  it('hands out what it wants the learner to have', () => {
    const guest = start(
      `export default { async reconcile({ name }, ctx) { await ctx.log(name); return await ctx.now() } }`,
      options,
    )
    expect(show(guest.begin('reconcile', ['web']))).toBe('#1 log("web")')
    expect(show(guest.deliver(1, {}))).toBe('#2 clock.now()')
    expect(show(guest.deliver(2, { value: 5 }))).toBe('task 1: 5')
  })

  it('gives the learner nothing more: no host object comes as an argument', () => {
    const guest = start('export default { async reconcile(...given) { return given.length } }', options)
    expect(show(guest.begin('reconcile', ['web']))).toBe('task 1: 2')
  })
})

describe('what goes wrong in a task', () => {
  it('a task that waits for nothing outstanding is stuck, until another wakes it', () => {
    const guest = start(`let wake
      export default { wait: () => new Promise((resolve) => (wake = resolve)), signal: () => wake('up') }`)
    const turn = guest.begin('wait', [])
    expect(show(turn)).toBe('task 1 is stuck')
    expect(turn.stuck[0]!.outcome).toMatchObject({
      kind: 'deadlock',
      message: expect.stringMatching(/nobody resolves/),
    })
    expect(show(guest.begin('signal', []))).toBe('task 2: null; task 1: "up"'.replace('null', 'undefined'))
  })

  it('while a request is outstanding nobody is stuck', () => {
    const guest = start('export default { a: ({ sleep }) => sleep(1), b: () => new Promise(() => {}) }')
    guest.begin('a', [])
    expect(show(guest.begin('b', []))).toBe('')
    expect(show(guest.deliver(1, {}))).toBe('task 1: undefined; task 2 is stuck')
  })

  it('a trap ends all tasks and keeps the console', () => {
    const guest = start(
      `export default { a: ({ sleep }) => sleep(1), async b() { console.log('x'); await 0; for (;;); } }`,
    )
    guest.begin('a', [])
    const turn = guest.begin('b', [])
    expect(show(turn)).toBe('trap: fuel')
    expect(turn.console).toEqual([{ level: 'log', text: 'x' }])
    expect(show(guest.deliver(1, {}))).toBe('trap: fuel')
  })

  it('an argument that is not data is the learner’s own TypeError, at its line', () => {
    const guest = start(
      'export default {\n async f({ client }) {\n await client.update({ spec: { run: () => 1 } }) } }',
    )
    const { settled } = guest.begin('f', [])
    expect(settled[0]!.outcome).toMatchObject({
      kind: 'threw',
      message: expect.stringMatching(/^TypeError: client\.update: arguments\[0\]\.spec\.run is a function/),
      position: { line: 3 },
    })
  })

  it('too many requests at once are refused', () => {
    const guest = start(
      'export default { f: ({ sleep }) => Promise.all(Array.from({ length: 2000 }, () => sleep(1))) }',
    )
    expect(show(guest.begin('f', []))).toMatch(/task 1: threw$/)
  })

  it('an answer to nothing is the host’s mistake', () => {
    const guest = start('export default {}')
    expect(() => guest.deliver(9, {})).toThrow(/request 9 is not outstanding/)
    expect(guest.inputs).toEqual([])
  })
})

describe('replay', () => {
  it.each([0, 1, 2, 3, 4, 5])('of a log of %i inputs leads to the same guest', (length) => {
    const code = `let n = 0
      export default { async add(by, { sleep }) { await sleep(by); n += by; return n }, read: () => n }`
    const options = { code, hostMethods: ['sleep'] }
    const inputs = [
      (guest: Guest) => guest.begin('add', [2]),
      (guest: Guest) => guest.call('read', []),
      (guest: Guest) => guest.begin('add', [3]),
      (guest: Guest) => guest.deliver(2, {}),
      (guest: Guest) => guest.deliver(1, { value: null }),
      (guest: Guest) => guest.call('read', []),
    ]
    const first = start(code, options)
    for (const enter of inputs.slice(0, length)) enter(first)
    const second = replay(engine, options, first.inputs)
    expect(second.fuelUsed()).toBe(first.fuelUsed())
    for (const enter of inputs.slice(length)) expect(enter(second)).toEqual(enter(first))
    expect(second.fuelUsed()).toBe(first.fuelUsed())
  })

  it('of a guest that trapped is a guest that trapped', () => {
    const options = { code: 'export default { f() { for (;;); } }' }
    const first = start(options.code, options)
    first.call('f', [])
    expect(replay(engine, options, first.inputs).trap).toEqual(first.trap)
  })
})
