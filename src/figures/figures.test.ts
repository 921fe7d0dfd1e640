/** Every figure's sentence, by the very run that the figure shows. */
import { describe, expect, it } from 'vitest'
import type { StoryRequest, Timeline } from '../simulation/protocol.ts'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import { figure as roles } from './f01-role-board.ts'
import { figure as journey } from './f02-deployment-journey.ts'
import { figure as lights } from './f03-lights-out.ts'
import { answeredBy, figure as active, handovers, longestWait } from './f04-who-is-active.ts'
import { figure as funnel } from './f09-scheduler-funnel.ts'
import { figure as dark } from './f14-node-goes-dark.ts'
import { figure as unit } from './f19-pod-as-a-unit.ts'
import { figure as packet } from './f27-first-packet.ts'
import { FIGURES } from './figures.ts'
import type { FigureDefinition, TweakEffect } from './kit/figure-definition.ts'
import { isAnswered, loadOf } from './kit/load-strip.ts'
import { stepsOf } from './kit/steps.ts'
import { diagnose } from './kit/symptoms.ts'
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

describe('F01, the role board', () => {
  const ALL = 'kubelet containerd flanneld kube-proxy'
  const initial = roles.setup!.initial
  const without = (part: string): string => initial.split('\n').map((line) => line.split(' ').filter((word) => word !== part).join(' ')).join('\n') // prettier-ignore
  const boot = (setup: string) => {
    const timeline = play(roles, roles.setup!.request(setup))
    const end = simulation.answer('seek', { branch: 0, tick: timeline.end.tick })
    const { verdict, symptoms } = diagnose(timeline, end)
    expect(roles.prediction.outcome(timeline)?.value).toBe(verdict)
    const told = symptoms
      .filter(({ isGood }) => !isGood)
      .map(({ sentence, quote }) => (quote ? `${sentence}: ${quote}` : sentence))
    return { verdict, told: told.join('\n'), end }
  }

  it('runs web with a control plane that has no kubelet, whose machine is then no Node', () => {
    expect(boot(initial)).toMatchObject({ verdict: 'well', told: 'm1 is no Node: no kubelet has registered it' })
  })

  it.each([
    ['etcd', 'no-api', /^The API server answers nothing/],
    ['kube-apiserver', 'no-api', /^Nobody can reach an API server: .*refused/],
    ['kube-controller-manager', 'no-pods', /The Deployment web has made no ReplicaSet/],
    ['kube-scheduler', 'pending', /Pods Pending: 3. Nobody has even looked at them/],
    ['kubelet', 'pending', /m2 is no Node.*\n.*m3 is no Node.*\n.*finds no node/],
    ['containerd', 'pending', /m2 is NotReady: container runtime is down/],
    ['flanneld', 'pending', /m2 is NotReady: container runtime network not ready.*cni plugin not initialized/],
    ['kube-proxy', 'silent-service', /address does not answer the client: timed out/],
  ])('without %s: %s, and the symptom in the cluster’s own words', (part, verdict, symptom) => {
    const seen = boot(without(part))
    expect(seen.verdict).toBe(verdict)
    expect(seen.told).toMatch(symptom)
  })

  it('has Pods wait before the taint of a control plane that is alone', () => {
    const alone = initial
      .replace('kube-scheduler', `kube-scheduler ${ALL}`)
      .replaceAll(/machine (m[23]) .*/g, 'machine $1')
    const { verdict, told, end } = boot(alone)
    expect(verdict).toBe('pending')
    expect(told).toMatch(/untolerated taint/)
    expect(end.machines.find(({ name }) => name === 'm1')).toMatchObject({
      role: 'control-plane',
      node: { ready: 'True' },
    })
  })

  it('makes no difference between masters and workers: the parts may be anywhere, and beside a kubelet', () => {
    const spread = [
      `machine m1 kube-apiserver ${ALL}`,
      `machine m2 etcd kube-scheduler ${ALL}`,
      `machine m3 kube-controller-manager ${ALL}`,
    ].join('\n')
    expect(boot(spread)).toMatchObject({ verdict: 'well', told: '' })
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

describe('F03, lights out', () => {
  it('has every request answered without a control plane, and the lost Pod not replaced before it is back', () => {
    const timeline = play(lights)
    const outcome = lights.prediction.outcome(timeline)
    expect(outcome).toMatchObject({
      value: 'alone',
      sentence: expect.stringMatching(/(\d+) of \1 requests were answered/),
    })
    const fault = (text: string) => timeline.events.find(({ label }) => label === text)!
    const pods = ({ tick }: { tick: number }) => simulation.answer('seek', { branch: 0, tick }).pods
    const dark = fault('powerOff node-3')
    const on = fault('powerOn cp-1')
    const names = (at: { tick: number }) => pods(at).map(({ name }) => name)
    expect(names({ tick: on.tick - 1 })).toEqual(names(dark))
    const after = pods(timeline.end)
    const old = after.find(({ phase }) => phase === 'terminating')!
    expect(old.node).toBe('node-3')
    const fresh = after.filter(({ name }) => !names(dark).includes(name))
    expect(fresh).toEqual([expect.objectContaining({ phase: 'ready' })])
    expect(timeline.end.at - on.at).toBeGreaterThan(350e6)
  })

  it('lets a kubelet start a dead container again while nobody is in control: same Pod, one restart', () => {
    const timeline = play(lights)
    const killed = timeline.events.find(({ verb }) => verb === 'crash')!
    const dark = timeline.events.find(({ label }) => label === 'powerOff node-3')!
    const pod = (tick: number) =>
      simulation.answer('seek', { branch: 0, tick }).pods.find(({ name }) => killed.name.includes(`_${name}_`))!
    const before = pod(killed.tick - 1)
    const after = pod(dark.tick - 1)
    expect([before.restarts, after.restarts]).toEqual([0, 1])
    expect([after.uid, after.ip]).toEqual([before.uid, before.ip])
  })

  it('answers every request again once the lost address is out of the rules', () => {
    const timeline = play(lights)
    const silent = timeline.events.find(({ remark }) => remark.includes('node-3 has been silent'))!
    const load = loadOf(timeline, 'client').filter(({ at }) => at > silent.at + 2e6)
    expect(load.length).toBeGreaterThan(200)
    expect(load.every(isAnswered)).toBe(true)
  })

  it('goes on for ever without replacing anything where the power does not come back', () => {
    const timeline = play(lights)
    const on = timeline.events.find(({ label }) => label === 'powerOn cp-1')!
    const changes = [{ command: { type: 'powerOff', machine: 'cp-1' } as const }]
    const fork = simulation.answer('fork', { branch: 0, tick: on.tick + 40, changes, extraMicros: 60_000_000 })
    const made = fork.events.filter(
      ({ tick, verb, resource }) => tick > on.tick + 40 && verb === 'POST' && resource === 'pods',
    )
    expect(made).toEqual([])
    expect(
      loadOf(fork, 'client')
        .filter(({ tick }) => tick > on.tick + 40)
        .some(isAnswered),
    ).toBe(true)
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

describe('F19, a Pod as a unit', () => {
  const moments = (timeline: Timeline) =>
    unit.keeps!(timeline).map(({ tick }) => {
      const pods = simulation.answer('seek', { branch: timeline.branch, tick }).pods
      const pod = pods.find(({ phase, labels }) => labels['app'] === 'web' && phase !== 'terminating')!
      return { ...pod, of: pods.length }
    })

  it('keeps name, UID and address through a container’s death, and changes them with the Pod', () => {
    const [first, restarted, second, third] = moments(play(unit))
    expect([restarted!.name, restarted!.uid, restarted!.ip, restarted!.node]).toEqual([first!.name, first!.uid, first!.ip, first!.node]) // prettier-ignore
    expect([first!.restarts, restarted!.restarts]).toEqual([0, 1])
    expect(restarted!.containers.map(({ name, restarts }) => `${name} ${restarts}`)).toEqual(['web 1', 'asker 0'])
    for (const [before, after] of [
      [restarted!, second!],
      [second!, third!],
    ] as const) {
      // prettier-ignore
      expect(after.name).not.toBe(before.name)
      expect(after.uid).not.toBe(before.uid)
      expect(after.ip).not.toBe(before.ip)
      expect(after.restarts).toBe(0)
    }
    expect(third!.node).not.toBe(second!.node)
  })

  it('takes some 350 s to replace the Pod of a node that is dark', () => {
    const timeline = play(unit)
    const dark = timeline.events.find(({ verb }) => verb === 'powerOff')!
    const made = timeline.events.find(
      ({ tick, verb, resource }) => tick > dark.tick && verb === 'POST' && resource === 'pods',
    )!
    expect((made.at - dark.at) / 1e6).toBeGreaterThan(340)
    expect((made.at - dark.at) / 1e6).toBeLessThan(360)
    expect(unit.prediction.outcome(timeline)).toMatchObject({ value: 'container' })
  })

  it('gives both containers one network namespace: one asks the other at 127.0.0.1', () => {
    const timeline = play(unit)
    const answers = loadOf(timeline, moments(timeline)[0]!.name)
    expect(answers.slice(0, 3).every((one) => isAnswered(one) && one.answer.address === '127.0.0.1')).toBe(true)
    const { tick } = unit.keeps!(timeline)[0]!
    const { machines, pods } = simulation.answer('seek', { branch: 0, tick })
    const spaces = machines.flatMap(({ netns }) => netns).filter(({ label }) => label === `default/${pods[0]!.name}`)
    expect(spaces).toHaveLength(1)
  })

  it('gives the Pod another address, and the same name, where its sandbox dies', () => {
    const timeline = play(unit)
    const { tick } = unit.keeps!(timeline)[0]!
    const before = simulation.answer('seek', { branch: 0, tick })
    const sandbox = before.machines.flatMap(({ processes }) => processes).find(({ name }) => name.startsWith('pause_'))!
    const changes = [{ command: { type: 'crash', process: sandbox.id } as const }]
    const fork = simulation.answer('fork', { branch: 0, tick, changes, extraMicros: 0 })
    const killed = fork.events.find(({ verb, to }) => verb === 'crash' && to === sandbox.id)!
    const later = fork.events.find(({ at }) => at > killed.at + 2e6)!
    const pod = simulation.answer('seek', { branch: fork.branch, tick: later.tick }).pods[0]!
    expect([pod.name, pod.uid]).toEqual([before.pods[0]!.name, before.pods[0]!.uid])
    expect(pod.ip).not.toBe(before.pods[0]!.ip)
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
