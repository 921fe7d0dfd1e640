import { beforeAll, describe, expect, it } from 'vitest'
import { History } from '#cluster/kernel/history.ts'
import { playStory } from '#cluster/scenarios/story.ts'
import type { Timeline } from './protocol.ts'
import { Recorder } from './recorder.ts'
import { recordAgain } from './run.ts'
import { fieldChanges } from './inspect.ts'
import { createSimulation, type Simulation } from './simulation.ts'
import { storyText } from './stories.ts'

let simulation: Simulation
let timeline: Timeline

beforeAll(() => {
  simulation = createSimulation(storyText)
  timeline = simulation.answer('load', { story: 'deployment-journey' })
})

const seek = (tick: number, branch = 0) => simulation.answer('seek', { branch, tick })

describe('a simulation', () => {
  it('plays the same story with the same seed to the same end', () => {
    const again = createSimulation(storyText).answer('load', { story: 'deployment-journey' })
    expect([again.hash, again.end]).toEqual([timeline.hash, timeline.end])
    expect(createSimulation(storyText).answer('load', { story: 'deployment-journey', seed: 99 }).hash).not.toBe(
      timeline.hash,
    )
  })

  it('answers in JSON alone', () => {
    const frame = seek(timeline.end.tick)
    expect(JSON.parse(JSON.stringify(frame))).toEqual(JSON.parse(JSON.stringify(structuredClone(frame))))
    expect(structuredClone(timeline)).toEqual(timeline)
  })

  it('stands, at every event, at the time that the trace gives it: seeking runs what had run', () => {
    const events = timeline.events.filter((_, i) => i % 37 === 0)
    expect(events.length).toBeGreaterThan(20)
    for (const { tick, at } of events) expect([tick, seek(tick).at]).toEqual([tick, at])
  })

  it('shows Pods go from Pending over creating to Ready, and never back', () => {
    const pod = timeline.notes
      .find(({ kind, detail }) => kind === 'scheduling' && detail.pod.startsWith('default/web-'))!
      .detail.pod.slice(8) as string
    const phases = timeline.events
      .filter((_, i) => i % 3 === 0)
      .map(({ tick }) => seek(tick).pods.find(({ name }) => name === pod)?.phase)
    const seen = phases.filter((phase, i) => phase !== undefined && phase !== phases[i - 1])
    expect(seen).toEqual(['pending', 'creating', 'ready'])
  }, 30_000)

  it('seeks within a frame of the screen', () => {
    const ticks = Array.from({ length: 40 }, (_, i) => Math.floor((timeline.end.tick * i) / 40))
    const counts = ticks.map((tick) => seek(tick).tick)
    expect(counts).toEqual(ticks)
  })

  it('shows an object beside what it was at its revision before', () => {
    const bound = timeline.events.find(
      ({ verb, resource, name }) => verb === 'POST' && resource === 'pods/binding' && name.startsWith('web-'),
    )!
    const later = timeline.events.find(
      ({ tick, kind, name, to }) =>
        tick > bound.tick && kind === 'watch' && name === bound.name && to.endsWith('/kube-scheduler'),
    )!
    const inspection = simulation.answer('inspect', {
      branch: 0,
      tick: later.tick,
      resource: 'pods',
      namespace: 'default',
      name: bound.name,
    })!
    const added = inspection.lines.filter(({ kind }) => kind === 'in').map(({ text }) => text.trim())
    expect(added.some((text) => text.startsWith('nodeName: node-'))).toBe(true)
    expect(inspection.previousRevision).toBeLessThan(inspection.ref.revision)
  })

  it('shows what of an object has changed since another moment, field by field', () => {
    const bound = timeline.events.find(
      ({ verb, resource, name }) => verb === 'POST' && resource === 'pods/binding' && name.startsWith('web-'),
    )!
    const key = { branch: 0, resource: 'pods', namespace: 'default', name: bound.name }
    const look = (tick: number, sinceTick: number) => simulation.answer('inspect', { ...key, tick, sinceTick })!
    const { end } = timeline
    const { changes, wasThere } = look(end.tick, bound.tick)
    expect(wasThere).toBe(true)
    expect(changes).toContainEqual({ path: 'spec.nodeName', before: undefined, after: expect.stringMatching(/^node-/) })
    expect(changes).toContainEqual({ path: 'status.phase', before: 'Pending', after: 'Running' })
    expect(changes.map(({ path }) => path)).not.toContain('metadata.resourceVersion')
    expect(look(end.tick, end.tick).changes).toEqual([])
    expect(look(end.tick, end.tick).lines.every(({ kind }) => kind === 'same')).toBe(true)
    const fresh = look(end.tick, 1)
    expect([fresh.wasThere, fresh.isGone, fresh.changes]).toEqual([false, false, []])
  })

  it('shows an object that is gone as what it was', () => {
    const load = simulation.answer('load', { story: 'pod-as-a-unit' })
    const first = load.events.find(({ verb, resource }) => verb === 'txn put' && resource === 'pods')!
    const key = { branch: 0, resource: 'pods', namespace: 'default', name: first.name }
    const gone = simulation.answer('inspect', { ...key, tick: load.end.tick, sinceTick: first.tick + 20 })!
    expect([gone.isGone, gone.wasThere]).toEqual([true, true])
    expect(gone.lines.length).toBeGreaterThan(10)
    expect(gone.lines.every(({ kind }) => kind === 'out')).toBe(true)
    timeline = simulation.answer('load', { story: 'deployment-journey' })
  })

  it('leads every event of the journey back to what somebody typed', () => {
    const started = timeline.events.findLast(({ kind, name }) => kind === 'start' && name.startsWith('web_'))!
    const chain = simulation.answer('why', { branch: 0, tick: started.tick })
    expect(chain.at(-1)).toEqual(started)
    expect(chain[0]!.label).toBe('kubectl apply -f -')
    for (const [i, event] of chain.entries()) if (i > 0) expect(event.tick).toBeGreaterThan(chain[i - 1]!.tick)
  })

  it('names what an edit does not find', () => {
    const edits = [{ find: 'not in it', replace: '' }]
    expect(() => createSimulation(storyText).answer('load', { story: 'scheduler-funnel', edits })).toThrow('not in it')
  })
})

describe('a run that was made elsewhere', () => {
  it('is told in the same words when it is played again', () => {
    let recorder: Recorder | undefined
    const { history } = playStory(storyText('scheduler-funnel'), 'story', {
      prepare: (world) => (recorder = new Recorder(world)),
    })
    // A history of its own has no commands from outside in the middle, as a check's world has none.
    const quiet = new History(history.at(0))
    quiet.run({ untilMicros: 8_000_000 })
    const again = recordAgain(quiet)
    const until = quiet.head.tick
    expect(again.events.length).toBeGreaterThan(200)
    const first = recorder!.events.filter(({ at }) => at < 5_000_000)
    expect(again.events.slice(0, first.length)).toEqual(first)
    expect(createSimulation(storyText).adopt(quiet, again, 7)).toMatchObject({
      end: { tick: until },
      hash: quiet.head.hash(),
    })
  })
})

describe('a branch', () => {
  const created = () =>
    timeline.events.find(
      ({ verb, resource, name }) => verb === 'txn put' && resource === 'replicasets' && name.startsWith('web-'),
    )!

  it('shares everything before its change, and goes its own way after it', () => {
    const { tick } = created()
    const changes = [{ command: { type: 'stop', process: 'cp-1/kube-scheduler' } as const }]
    const fork = simulation.answer('fork', { branch: 0, tick, changes, extraMicros: 5_000_000 })
    const shared = timeline.events.filter((event) => event.tick <= tick)
    expect(fork.events.slice(0, shared.length)).toEqual(shared)
    expect(fork.forked).toMatchObject({ branch: 0, tick })
    const waiting = seek(fork.end.tick, fork.branch).pods.filter(({ name }) => name.startsWith('web-'))
    expect(waiting.map(({ phase, node }) => [phase, node])).toEqual(
      Array.from({ length: 3 }, () => ['pending', undefined]),
    )
    expect(seek(tick - 1, fork.branch)).toEqual({ ...seek(tick - 1), branch: fork.branch })
  })

  it('leaves the story as it was', () => {
    const { tick } = created()
    const before = JSON.stringify(seek(timeline.end.tick))
    simulation.answer('fork', {
      branch: 0,
      tick,
      changes: [{ kubectl: ['scale', 'deployment', 'web', '--replicas=1'] }],
    })
    expect(JSON.stringify(seek(timeline.end.tick))).toBe(before)
  })

  it('may leave another branch', () => {
    const { tick } = created()
    const stop = { command: { type: 'stop', process: 'cp-1/kube-scheduler' } as const }
    const start = { command: { type: 'start', process: 'cp-1/kube-scheduler' } as const }
    const first = simulation.answer('fork', { branch: 0, tick, changes: [stop], extraMicros: 1_000_000 })
    const second = simulation.answer('fork', {
      branch: first.branch,
      tick: first.end.tick,
      changes: [start],
      extraMicros: 20_000_000,
    })
    const pods = seek(second.end.tick, second.branch).pods.filter(({ name }) => name.startsWith('web-'))
    expect(pods.map(({ phase }) => phase)).toEqual(['ready', 'ready', 'ready'])
  })

  it('is forgotten in time, and says so', () => {
    const fresh = createSimulation(storyText)
    const story = fresh.answer('load', { story: 'scheduler-funnel' })
    const forks = Array.from(
      { length: 10 },
      () => fresh.answer('fork', { branch: 0, tick: story.end.tick, changes: [] }).branch,
    )
    expect(() => fresh.answer('seek', { branch: forks[0]!, tick: 1 })).toThrow('load the story again')
    expect(fresh.answer('seek', { branch: forks.at(-1)!, tick: 1 }).tick).toBe(1)
  })
})

describe('field by field', () => {
  it.each([
    ['equal', { a: 1 }, { a: 1 }, []],
    ['a value', { a: { b: 'x' } }, { a: { b: 'y' } }, ['a.b: x → y']],
    ['a field that came, and one that went', { a: 1 }, { b: true }, ['a: 1 → ∅', 'b: ∅ → true']],
    ['an entry of a list by its name, wherever it stands', { c: [{ name: 'x', n: 1 }, { name: 'y', n: 1 }] }, { c: [{ name: 'y', n: 2 }, { name: 'x', n: 1 }] }, ['c[y].n: 1 → 2']], // prettier-ignore
    ['entries without a name by their place', { c: ['x', 'y'] }, { c: ['x', 'z'] }, ['c[1]: y → z']],
    ['nothing but counters', { metadata: { resourceVersion: '1' } }, { metadata: { resourceVersion: '2' } }, []],
  ])('%s', (_, old, now, told) => {
    expect(fieldChanges(old, now).map(({ path, before = '∅', after = '∅' }) => `${path}: ${before} → ${after}`)).toEqual(told) // prettier-ignore
  })
})
