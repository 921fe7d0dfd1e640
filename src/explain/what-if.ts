/**
 * "What if": the scheduler is asked about a Pod anew, in a fork of the world in which one thing, or several, are otherwise.
 *
 * What happens: the controllers are stopped, so that nobody makes another Pod in its place; nodes are changed with kubectl,
 * as one would at work; another configuration means that the scheduler is started again with it; then the Pod is deleted and
 * made anew, and the world runs until the scheduler has decided and said so. The fork is thrown away.
 * What we leave out: what the controllers would do about the change (evict for a NoExecute taint, say).
 */
import { formatYaml } from '#cluster/api/yaml.ts'
import type { Pod, Toleration } from '#cluster/api/types.ts'
import { KUBECTL } from '#cluster/cluster.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { KubectlState } from '#cluster/kubectl/kubectl.ts'
import { DEFAULT_PROFILES, type ProfileOptions } from '#cluster/kube-scheduler/profile.ts'
import { type SchedulerState, schedulerNameOf } from '#cluster/kube-scheduler/state.ts'
import { storeRevision } from '#cluster/scenarios/look.ts'
import { amountIn, nodeCommand, pair } from './node-command.ts'
import { eventAbout, explain, podIn, recordsOf, schedulersOf } from './explain.ts'
import type { Explained, PodRef, WhatIf, WhatIfKind } from './protocol.ts'

/** kubectl's calls are numbered from here, apart from what somebody types. */
const FIRST_CALL = 1_000_000
/** Virtual time that kubectl, and then the scheduler, have. */
const KUBECTL_MICROS = 60_000_000
const DECISION_MICROS = 5_000_000

const ON_SCHEDULER = new Set<WhatIfKind>(['weight', 'without'])
const ON_POD = new Set<WhatIfKind>(['request', 'selector', 'toleration'])

/** Throws in words for people when a change makes no sense, or when nobody answers. */
export function whatIf(world: World, ref: PodRef, changes: readonly WhatIf[]): Explained {
  const before = podIn(world, ref)
  if (!before) throw new Error(`there is no Pod ${ref.name} any more`)
  const twin = world.fork()
  const kubectl = typist(twin)
  for (const process of twin.processes)
    if (process?.spec.component === 'kube-controller-manager' && process.up)
      twin.command(twin.now, { type: 'stop', process: process.id })
  for (const change of changes) {
    const line = nodeCommand(change)
    if (line) kubectl(line)
  }
  const ofScheduler = changes.filter(({ kind }) => ON_SCHEDULER.has(kind))
  if (ofScheduler.length > 0) reconfigure(twin, schedulerNameOf(before), ofScheduler)
  const manifest = changes.filter(({ kind }) => ON_POD.has(kind)).reduce(changedPod, blank(before))
  kubectl(['delete', 'pod', ref.name, '-n', ref.namespace, '--force'])
  kubectl(['create', '-f', '-'], formatYaml(manifest))
  let seen = -1
  const isSaid = (): boolean => {
    const revision = storeRevision(twin)
    if (revision === seen) return false
    seen = revision
    const pod = podIn(twin, ref)
    return pod !== undefined && recordsOf(twin, pod).length > 0 && eventAbout(twin, pod) !== undefined
  }
  twin.run({ untilMicros: twin.now + DECISION_MICROS, until: isSaid })
  return explain(twin, podIn(twin, ref)!, 0)
}

/** Types, and waits for the answer. */
function typist(world: World): (args: readonly string[], stdin?: string) => void {
  let id = FIRST_CALL
  return (args, stdin) => {
    const call = ++id
    const body = { type: 'kubectl', id: call, args, ...(stdin && { stdin }) }
    world.command(world.now, { type: 'tell', process: KUBECTL, body })
    const entry = () => world.stateOf<KubectlState | undefined>(KUBECTL)?.transcript.get(call)
    world.run({ untilMicros: world.now + KUBECTL_MICROS, until: () => entry()?.exitCode !== undefined })
    const { exitCode, errors = '' } = entry() ?? {}
    if (exitCode === undefined) throw new Error('the API server does not answer')
    if (exitCode !== 0) throw new Error(errors.trim())
  }
}

/** The Pod as it was written, before anybody placed it. */
function blank({ apiVersion, kind, metadata, spec }: Pod): Pod {
  const { name, namespace, labels, annotations, ownerReferences } = metadata
  const { nodeName: _, ...rest } = spec
  const kept = { name, ...(namespace && { namespace }), ...(labels && { labels }), ...(annotations && { annotations }), ...(ownerReferences && { ownerReferences }) } // prettier-ignore
  return { apiVersion, kind, metadata: kept, spec: rest }
}

// ── the Pod ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function changedPod(pod: Pod, { kind, value }: WhatIf): Pod {
  const { spec } = pod
  if (kind === 'request') {
    const [resource, amount] = amountIn(value)
    const [first, ...others] = spec.containers
    const { requests, limits, ...more } = first!.resources ?? {}
    // A limit below the request would be refused.
    const { [resource]: _, ...kept } = limits ?? {}
    const resources = { ...more, limits: kept, requests: { ...requests, [resource]: amount } }
    return { ...pod, spec: { ...spec, containers: [{ ...first!, resources }, ...others] } }
  }
  if (kind === 'selector') {
    const { nodeSelector = {} } = spec
    if (!value.endsWith('-')) {
      const [key, wanted] = pair(value)
      return { ...pod, spec: { ...spec, nodeSelector: { ...nodeSelector, [key]: wanted } } }
    }
    const { [value.slice(0, -1)]: _, ...rest } = nodeSelector
    return { ...pod, spec: { ...spec, nodeSelector: rest } }
  }
  return { ...pod, spec: { ...spec, tolerations: [...(spec.tolerations ?? []), toleration(value)] } }
}

/** `gpu`, `gpu:NoSchedule`, `gpu=yes`, `gpu=yes:NoSchedule`. */
function toleration(text: string): Toleration {
  const match = /^([^=:]+)(?:=([^:]*))?(?::(NoSchedule|PreferNoSchedule|NoExecute))?$/.exec(text.trim())
  if (!match) throw new Error(`"${text}" is no toleration: write key, key=value, or key=value:NoSchedule`)
  const [, key, value, effect] = match
  const fits = value === undefined ? { operator: 'Exists' as const } : { operator: 'Equal' as const, value }
  return { key: key!, ...fits, ...(effect && { effect: effect as Toleration['effect'] & string }) }
}

// ── the scheduler ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Every scheduler that serves the name is stopped, and one is started in their place with a profile that is otherwise. */
function reconfigure(world: World, schedulerName: string, changes: readonly WhatIf[]): void {
  const serves = ({ profiles = DEFAULT_PROFILES }: SchedulerState['options']): boolean =>
    profiles.some((profile) => profile.schedulerName === schedulerName)
  const serving = schedulersOf(world).filter(({ up, state }) => up && serves((state as SchedulerState).options))
  const [first] = serving
  if (!first) return
  for (const { id } of serving) world.command(world.now, { type: 'stop', process: id })
  const { config: _, profiles = DEFAULT_PROFILES, ...options } = (first.state as SchedulerState).options
  const { machine, component } = first.spec
  world.addProcess({
    machine,
    name: 'kube-scheduler-reconfigured',
    component,
    options: {
      ...options,
      leaderElect: false,
      profiles: profiles.map((profile) =>
        profile.schedulerName === schedulerName ? changes.reduce(changedProfile, profile) : profile,
      ),
    },
  })
}

function changedProfile(profile: ProfileOptions, { kind, target, value }: WhatIf): ProfileOptions {
  const { weights, plugins = {} } = profile
  if (kind === 'without')
    return { ...profile, plugins: { ...plugins, disabled: [...(plugins.disabled ?? []), target] } }
  const weight = Number(value)
  if (!Number.isInteger(weight) || weight < 1 || weight > 100) throw new Error(`a weight is a whole number from 1 to 100, not "${value}"`) // prettier-ignore
  return { ...profile, weights: { ...weights, [target]: weight } }
}
