/** Every figure's sentence, by the very run that the figure shows. */
import { describe, expect, it } from 'vitest'
import type { StoryRequest, Timeline } from '../simulation/protocol.ts'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import { figure as journey } from './f02-deployment-journey.ts'
import { answeredBy, figure as active, handovers, longestWait } from './f04-who-is-active.ts'
import { figure as funnel } from './f09-scheduler-funnel.ts'
import { figure as two } from './f12-two-schedulers.ts'
import { figure as dark } from './f14-node-goes-dark.ts'
import { figure as packet } from './f27-first-packet.ts'
import { FIGURES } from './figures.ts'
import type { Decision } from './kit/funnel.ts'
import { joined } from './kit/story-request.ts'
import type { FigureDefinition, TweakEffect } from './kit/figure-definition.ts'
import { stepsOf } from './kit/steps.ts'
import { openingOf } from './opening.ts'

const simulation = createSimulation(storyText)
const play = (figure: FigureDefinition, more: Partial<StoryRequest> = {}): Timeline =>
  simulation.answer('load', { ...figure.story, ...more })
const sentences = (figure: FigureDefinition, timeline: Timeline): string[] =>
  stepsOf(timeline, figure.lens, figure.opening(timeline)).map(({ sentence }) => sentence)
const changed = (id: string, value: string): Partial<StoryRequest> => {
  const effect: TweakEffect = funnel.tweaks
    .find((tweak) => tweak.id === id)!
    .choices.find((choice) => choice.value === value)!.effect
  if (effect.kind !== 'story') throw new Error('it forks')
  return effect.request
}

describe.each(Object.entries(FIGURES))('%s', (id, load) => {
  it('opens before its outcome, with a first step, in a page without the simulation', async () => {
    const { figure } = await load()
    const timeline = play(figure)
    const steps = stepsOf(timeline, figure.lens, figure.opening(timeline))
    const outcome = figure.prediction.outcome(timeline)!
    expect(figure.id).toBe(id)
    expect(steps.length).toBeGreaterThan(8)
    expect(steps.length).toBeLessThan(120)
    expect(steps[0]!.event.tick).toBeLessThan(outcome.tick)
    expect(figure.prediction.choices.map(({ value }) => value)).toContain(outcome.value)
    const opening = (await openingOf(id))!
    expect(opening.steps).toEqual(steps.slice(0, 1))
    expect(JSON.stringify(opening).length).toBeLessThan(40_000)
  })

  it('says every step in words', async () => {
    const { figure } = await load()
    for (const sentence of sentences(figure, play(figure)))
      expect(sentence).not.toMatch(/undefined|NaN|\(no name yet\) \(|^\s*$/)
  })
})

describe('F09, with fewer nodes and more', () => {
  it.each([
    [1, 'node-1', 1],
    [3, 'node-2', 2],
    [10, 'node-4', undefined],
    [50, undefined, undefined],
  ])('decides among %i', (nodes, chosen, feasible) => {
    const timeline = play(funnel, joined({ ...funnel.story, ...changed('nodes', `${nodes}`) }, changed('taint', 'off')))
    const outcome = funnel.prediction.outcome(timeline)!
    const { detail } = timeline.notes.find(
      ({ kind, detail: one }) => kind === 'scheduling' && (one as Decision).pod === 'default/web-3',
    )! as { detail: Decision }
    expect(detail.nodes).toHaveLength(nodes)
    if (chosen) expect(detail.chosen).toBe(chosen)
    if (feasible) expect(detail.feasible).toBe(feasible)
    expect(funnel.prediction.choices.map(({ value }) => value)).toContain(outcome.value)
    const told = sentences(funnel, timeline)
    expect(told.length).toBeLessThan(60)
    expect(told.filter((one) => one.startsWith('Filter'))).toHaveLength(nodes > 10 ? 3 : nodes)
  })

  it('folds what is alike, and keeps the best', () => {
    const timeline = play(funnel, changed('nodes', '50'))
    const told = sentences(funnel, timeline).filter((one) => /^(Filter|Score|Chosen)/.test(one))
    expect(told).toMatchInlineSnapshot(`
      [
        "Filter: 25 of 50 nodes are feasible (node-1, node-2, node-6, node-8, node-10 …)",
        "Filter: 9 of 50 nodes are refused by NodeResourcesFit: Insufficient cpu (node-3, node-7, node-11, node-15, node-23 …)",
        "Filter: 10 of 50 nodes are refused by TaintToleration: untolerated taint (node-4, node-9, node-14, node-19, node-24 …)",
        "Filter: 6 of 50 nodes are refused by NodeAffinity: node affinity: no match (node-5, node-12, node-26, node-33, node-40 …)",
        "Score, the best of 25: node-46 464, node-16 461, node-2 459, node-32 459, node-25 457; Fit tells them apart: node-46 73, node-16 71, node-2 70, node-32 70, node-25 69",
        "Chosen: node-46",
      ]
    `)
  })
})

describe('F02, a Deployment’s journey', () => {
  it('shows that nobody calls a kubelet', () => {
    expect(journey.prediction.outcome(play(journey))).toMatchObject({ value: 'nobody' })
  })

  it('follows one Pod from the command to the rules of kube-proxy', () => {
    const labels = stepsOf(play(journey), journey.lens, journey.opening(play(journey))).map(({ event }) => event.label)
    const order = [
      'kubectl apply -f -',
      'POST deployments',
      'POST replicasets',
      'POST pods',
      'POST pods/binding',
      'RunPodSandbox',
      'ADD bridge',
      'ADD host-local',
      'starts web',
      'POST endpointslices',
      'ADDED EndpointSlice',
    ]
    expect(
      order.map((label) => labels.indexOf(label)).every((at, i, all) => at >= 0 && (i === 0 || at > all[i - 1]!)),
    ).toBe(true)
    // Nothing of what kube-proxies and people do beside it: their rules come after its endpoints, and it was typed first.
    const endpoints = labels.indexOf('ADDED EndpointSlice')
    const rules = labels.flatMap((label, i) => (label.includes('iptablesRestore') ? [i] : []))
    expect(rules.length).toBeGreaterThan(0)
    expect(Math.min(...rules)).toBeGreaterThan(endpoints)
    expect(labels.filter((label) => label.includes('apply'))).toEqual(['kubectl apply -f -'])
  })
})

describe('F04, who is active', () => {
  it('answers from all three API servers, and never keeps kubectl waiting, whatever is killed', () => {
    const timeline = play(active)
    const servers = answeredBy(timeline, timeline.end.tick)
    expect([...servers.keys()].sort()).toEqual(['cp-1', 'cp-2', 'cp-3'].map((machine) => `${machine}/kube-apiserver`))
    const { micros, lost } = longestWait(timeline)
    expect(lost).toBe(0)
    expect(micros).toBeLessThan(100_000)
    expect(sentences(active, timeline)).toContain('The API server on cp-3 refuses the connection: nobody is there')
  })

  it('hands the scheduler and the controllers over only once the lease has run out, each to a machine of its own', () => {
    const [scheduler, manager] = handovers(play(active))
    for (const { afterMicros, from, to } of [scheduler!, manager!]) {
      // The lease lasts 15 s and was renewed up to 2 s before; who waits looks every 2 to 4.4 s.
      expect(afterMicros).toBeGreaterThan(13e6)
      expect(afterMicros).toBeLessThan(19.5e6)
      expect(from).not.toBe(to)
    }
    expect([scheduler!.name, manager!.name]).toEqual(['kube-scheduler', 'kube-controller-manager'])
    expect(scheduler!.to).not.toBe(manager!.to)
    expect(active.prediction.outcome(play(active))).toMatchObject({ value: 'mixed' })
  })

  it('takes the work from a machine whose API server stays away, though the process itself is alive', () => {
    const timeline = play(active)
    const tick = active.opening(timeline)
    const changes = [{ command: { type: 'stop', process: 'cp-1/kube-apiserver' } as const }]
    const fork = simulation.answer('fork', { branch: 0, tick, changes, extraMicros: 20_000_000 })
    const gaveUp = fork.events.filter(({ remark }) => remark.includes('could not renew')).map(({ to }) => to)
    expect(gaveUp).toEqual(expect.arrayContaining(['cp-1/kube-scheduler', 'cp-1/kube-controller-manager']))
    const { leaders } = simulation.answer('seek', { branch: fork.branch, tick: fork.end.tick })
    expect(leaders.map(({ holder }) => holder)).not.toContain('cp-1')
  })
})

describe('F09, the funnel', () => {
  const outcome = (more: Partial<StoryRequest> = {}) => funnel.prediction.outcome(play(funnel, more))

  it('lets web-3 land on node-2, the one of two feasible nodes with more room', () => {
    expect(outcome()).toMatchObject({ value: 'node-2' })
    expect(sentences(funnel, play(funnel))).toEqual(
      expect.arrayContaining([
        'Filter: node-1 is feasible',
        'Filter: node-2 is feasible',
        expect.stringContaining('node-3 is refused by NodeResourcesFit: Insufficient cpu'),
        expect.stringContaining('node-4 is refused by TaintToleration'),
        expect.stringContaining('node-5 is refused by NodeAffinity'),
        'Chosen: node-2',
      ]),
    )
  })

  it.each([
    ['a Pod that asks for 2 CPUs', changed('cpu', '2000m'), 'node-2'],
    ['a Pod that asks for 3.5 CPUs', changed('cpu', '3500m'), 'nowhere'],
    ['no taint on node-4', changed('taint', 'off'), 'node-4'],
    ['a scheduler without TaintToleration', changed('plugin', 'TaintToleration'), 'node-4'],
    ['a scheduler that packs', changed('score', 'most'), 'node-1'],
    ['one that packs, and weighs balance ten times', changed('score', 'balanced'), 'node-2'],
    ['another seed, for there is no tie', changed('seed', '9'), 'node-2'],
  ])('with %s: %s', (_, request, where) => {
    expect(outcome(request)?.value).toBe(where)
  })
})

describe('F14, a node goes dark', () => {
  it('takes some 50 s of silence, and 300 s of toleration, until another Pod is Ready', () => {
    const timeline = play(dark)
    const at = (fits: RegExp) =>
      timeline.events.find(({ remark, label }) => fits.test(remark) || fits.test(label))!.at / 1e6
    const off = at(/^powerOff/)
    expect(at(/has been silent/) - off).toBeGreaterThanOrEqual(40)
    expect(at(/has been silent/) - off).toBeLessThan(60)
    expect(at(/is evicted/) - at(/has been silent/)).toBeCloseTo(300, 0)
    expect(dark.prediction.outcome(timeline)).toMatchObject({ value: 'minutes' })
    const told = stepsOf(timeline, dark.lens, 0).filter(({ sentence }) => sentence.includes('is evicted'))
    expect(told).toHaveLength(1)
  })

  it('gives the new Pod a new name, and leaves the old one Terminating until the power is back', () => {
    const timeline = play(dark)
    const on = timeline.events.find(({ verb }) => verb === 'powerOn')!
    const before = simulation.answer('seek', { branch: 0, tick: on.tick - 1 }).pods
    const after = simulation.answer('seek', { branch: 0, tick: timeline.end.tick }).pods
    expect(before.map(({ phase }) => phase).sort()).toEqual(['ready', 'ready', 'ready', 'terminating'])
    expect(after.map(({ phase }) => phase)).toEqual(['ready', 'ready', 'ready'])
    const old = before.find(({ phase }) => phase === 'terminating')!
    expect(old.node).toBe('node-3')
    expect(after.map(({ name }) => name)).not.toContain(old.name)
  })
})

describe('F27, from ADD to the first packet', () => {
  it('shows the server the client Pod’s own address, and the same addresses at every hop', () => {
    const timeline = play(packet)
    expect(packet.prediction.outcome(timeline)).toMatchObject({
      value: 'pod',
      sentence: expect.stringContaining('at every hop'),
    })
    const first = timeline.notes.find(({ kind, detail }) => kind === 'hop' && detail.netns === 'default/client')!.detail
    const hops = timeline.notes
      .filter(({ kind, detail }) => kind === 'hop' && detail.packet === first.packet)
      .map(({ detail }) => detail)
    expect(new Set(hops.map(({ netns }) => netns))).toEqual(
      new Set(['default/client', 'node-1', 'node-2', 'default/server']),
    )
    expect(new Set(hops.map(({ source, destination }) => `${source} ${destination}`)).size).toBe(1)
  })

  it('calls the plugins in a chain: the runtime starts bridge, bridge starts host-local, and the address comes back', () => {
    const chain = play(packet).events.filter(
      ({ kind, name, from, to }) =>
        (kind === 'cni' || kind === 'cniResult') && name === 'client' && `${from}${to}`.includes('node-1'),
    )
    expect(chain.map(({ label }) => label)).toEqual([
      'ADD bridge',
      'ADD host-local',
      'host-local: 10.244.0.2/24',
      'bridge: 10.244.0.2/24',
    ])
  })

  it('gives the kubelet another try when the plugin is killed in the middle, and the client its address in the end', () => {
    const timeline = play(packet)
    const { tick, to } = timeline.events.find(({ label, name }) => label === 'ADD host-local' && name === 'client')!
    const changes = [{ command: { type: 'crash', process: to } as const }]
    const fork = simulation.answer('fork', { branch: 0, tick, changes, extraMicros: 30_000_000 })
    const adds = fork.events.filter(({ label, name }) => label === 'ADD bridge' && name === 'client')
    expect(adds.length).toBeGreaterThan(1)
    const client = simulation
      .answer('seek', { branch: fork.branch, tick: fork.end.tick })
      .pods.find(({ name }) => name === 'client')!
    expect(client).toMatchObject({ phase: 'ready', ip: expect.stringMatching(/^10\.244\.0\./) })
  })
})

describe('F12, two schedulers', () => {
  it('leaves a Pod alone whose scheduler does not run, and lets the kubelet settle what two have given away twice', () => {
    const timeline = play(two)
    expect(two.prediction.outcome(timeline)).toMatchObject({ value: 'nobody' })
    const frame = simulation.answer('seek', { branch: 0, tick: timeline.end.tick })
    expect(frame.pods.filter(({ phase }) => phase === 'failed').map(({ name }) => name)).toEqual(['yours'])
  })

  it.each([
    ['both', ['mine', 'odd', 'plain'], /bound odd at once: Pods name a profile, not a program\.$/],
    ['tidy', ['odd', 'yours'], /nobody looks at plain\.$/],
  ])('edits the profiles (%s): a Pod goes to whoever has a profile of that name', (choice, placed, sentence) => {
    const tweak = two.tweaks.find(({ id }) => id === 'profiles')!.choices.find(({ value }) => value === choice)!
    const timeline = play(two, (tweak.effect as TweakEffect & { kind: 'story' }).request)
    const outcome = two.prediction.outcome(timeline)
    expect(outcome).toMatchObject({ value: 'default', sentence: expect.stringMatching(sentence) as string })
    const { pods } = simulation.answer('seek', { branch: 0, tick: timeline.end.tick })
    const ready = pods.filter(({ namespace, phase }) => namespace === 'default' && phase === 'ready')
    expect(ready.map(({ name }) => name).sort()).toEqual(placed)
  })
})
