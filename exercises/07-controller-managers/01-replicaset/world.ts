/** A small cluster in which the learner's code is the ReplicaSet controller, and what happens in it: a plan, plain JSON. */
import {
  addOn,
  API_SERVER,
  apiWorld,
  type ControllerFault,
  type Deed,
  type Disturbance,
  disturbAt,
  disturber,
  learnerController,
  type LearnerControllerOptions,
  READY_MICROS,
  tell,
  type Trial,
  strike,
  turnstile,
  withNewsFaults,
  type World,
} from 'clusterwright/kit'
import type { KubernetesObject, LabelSelector, Pod, ReplicaSet } from 'clusterwright/api'

export interface SetPlan {
  readonly name: string
  /** Value of its Pods' label `app`; its name unless two share them. */
  readonly app?: string
  readonly replicas: number
  /** Its Pods never become ready. */
  readonly neverReady?: boolean
}

/** What happens besides the controller. */
export type Act =
  | { readonly do: 'scale'; readonly set: string; readonly replicas: number }
  /** Waits for its finalizer for ever. */
  | { readonly do: 'remove'; readonly set: string }
  /** Gone at once, for good. */
  | { readonly do: 'drop'; readonly set: string }
  /** Gone at once, and made again with the same name. */
  | { readonly do: 'replace'; readonly set: string }
  | { readonly do: 'pod'; readonly pod: PodPlan }
  /** Another controller adopts this Pod. */
  | { readonly do: 'take'; readonly name: string }
  | { readonly do: 'disturb'; readonly act: Disturbance }
  | { readonly do: 'restartApiServer' }

/** A Pod that somebody makes by hand: an orphan, or (with `owner`) some other controller's. */
export interface PodPlan {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly namespace?: string
  readonly owner?: string
  readonly neverReady?: boolean
  /** It has a node, and stays Pending there. */
  readonly neverStarts?: boolean
  readonly unscheduled?: boolean
  /** It has failed, or is being deleted, before it has these labels: nobody sees it alive and with them. */
  readonly fate?: 'failed' | 'going'
}

export interface Plan {
  readonly sets: readonly SetPlan[]
  /** Milliseconds since the sets were made. */
  readonly steps: readonly { readonly atMs: number; readonly act: Act }[]
  readonly faults: Omit<LearnerControllerOptions, 'servers'>
  /** For so long the controller may know nothing of what happens. */
  readonly deafMicros?: number
}

/** When the ReplicaSets are made. */
export const START_MICROS = READY_MICROS + 500_000
export const CONTROLLER = 'replicaset-controller'
export const CONTROLLER_PROCESS = `cp-1/${CONTROLLER}`
export const NAMESPACE = 'default'
/** ReplicaSets select Pods by label `app`, but none whose `track` is `canary`. */
export const CANARY = 'canary'

const image = 'registry.local/web:1'

export const selectorOf = ({ name, app }: SetPlan): LabelSelector => ({
  matchLabels: { app: app ?? name },
  matchExpressions: [{ key: 'track', operator: 'NotIn', values: [CANARY] }],
})

function replicaSet(plan: SetPlan, replicas = plan.replicas): ReplicaSet {
  const annotations = {
    'example.com/owner': 'team-blue',
    ...(plan.neverReady && { 'pretend/ready-after-ms': 'never' }),
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: plan.name, namespace: NAMESPACE },
    spec: {
      replicas,
      selector: selectorOf(plan),
      template: {
        metadata: { labels: { app: plan.app ?? plan.name, tier: 'front' }, annotations },
        spec: { containers: [{ name: 'web', image }] },
      },
    },
  }
}

/** Another controller, which nobody runs. */
const foreignOwner = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name,
  uid: `uid-of-${name}`,
  controller: true,
})
/** An owner that is no controller, though it is of a kind that can be. */
const BYSTANDER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'archive', uid: 'uid-of-archive' }

function podOf({ name, labels, namespace = NAMESPACE, owner, neverReady, neverStarts, unscheduled }: PodPlan): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels,
      // Every orphan has an owner that is no controller: who adopts a Pod must not drop it.
      ownerReferences: [owner === undefined ? BYSTANDER : foreignOwner(owner)],
      ...(neverReady && { annotations: { 'pretend/ready-after-ms': 'never' } }),
      ...(neverStarts && { annotations: { 'pretend/starts-after-ms': 'never' } }),
    },
    spec: {
      containers: [{ name: 'web', image }],
      ...(unscheduled && { schedulingGates: [{ name: 'example.com/wait' }] }),
    },
  }
}

/** Whose key a change concerns: a ReplicaSet its own, a Pod its controller's, an orphan everybody's. */
function keysFor(
  plan: Plan,
  resource: string,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
): Set<string> {
  const key = (name: string) => `${NAMESPACE}/${name}`
  if (resource === 'replicasets') return new Set([key(object.metadata.name)])
  const keys = new Set<string>()
  for (const pod of old ? [object, old] : [object]) {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller)
    if (owner) keys.add(key(owner.name))
    else for (const { name } of plan.sets) keys.add(key(name))
  }
  return new Set([...keys].filter((one) => plan.sets.some(({ name }) => one === key(name))))
}

/** How it differs from the usual: the controller takes turns, and no node runs anything. */
export interface Variant {
  readonly inTurns?: true
  /** The controller has a machine of its own, and these faults strike. */
  readonly matrix?: readonly ControllerFault[]
}

/** Builds the world of a plan; nothing has run yet. */
export function replicaSetWorld(plan: Plan, trial: Trial<any>, { inTurns, matrix }: Variant = {}): World {
  const controller = learnerController(trial, {
    name: CONTROLLER,
    resources: ['replicasets', 'pods'],
    keysOf: (resource, object, old) => keysFor(plan, resource, object, old),
  })
  const world = apiWorld({
    seed: trial.seed,
    components: { [CONTROLLER]: inTurns ? turnstile(controller) : withNewsFaults(controller, trial), disturber },
    watched: ['replicasets', 'pods'],
    ...(!inTurns && { pretend: { assign: ['node-1', 'node-2', 'node-3'] } }),
  })
  const later = { startAtMicros: READY_MICROS }
  const machine = matrix ? 'cp-2' : 'cp-1'
  if (matrix) world.addMachine(machine)
  addOn(world, machine, CONTROLLER, { servers: [API_SERVER], ...plan.faults }, later)
  if (matrix) strike(world, `${machine}/${CONTROLLER}`, matrix)
  addOn(world, 'laptop', 'disturber', { servers: [API_SERVER] }, later)
  for (const set of plan.sets) tell(world, START_MICROS, { do: 'create', object: replicaSet(set) })
  for (const { atMs, act } of plan.steps) carryOut(world, plan, START_MICROS + atMs * 1000, act)
  return world
}

export function carryOut(world: World, plan: Plan, at: number, act: Act): void {
  if (act.do === 'disturb') return disturbAt(world, at, act.act)
  if (act.do === 'restartApiServer') return world.command(at, { type: 'crash', process: API_SERVER })
  for (const deed of deedsFor(plan, act)) tell(world, at, deed)
}

function deedsFor(plan: Plan, act: Exclude<Act, { do: 'disturb' | 'restartApiServer' }>): Deed[] {
  if (act.do === 'pod') return deedsForPod(act.pod)
  if (act.do === 'take') {
    const patch = { metadata: { ownerReferences: [foreignOwner('green')] } }
    return [{ do: 'patch', kind: 'Pod', namespace: NAMESPACE, name: act.name, patch }]
  }
  const set = { kind: 'ReplicaSet', namespace: NAMESPACE, name: act.set }
  if (act.do === 'drop') return [{ do: 'delete', ...set }]
  const whole = plan.sets.find(({ name }) => name === act.set)!
  if (act.do === 'scale') return [{ do: 'patch', ...set, patch: { spec: { replicas: act.replicas } } }]
  if (act.do === 'replace')
    return [
      { do: 'delete', ...set },
      { do: 'create', object: replicaSet(whole) },
    ]
  return [
    { do: 'patch', ...set, patch: { metadata: { finalizers: ['example.com/hold'] } } },
    { do: 'delete', ...set },
  ]
}

function deedsForPod(plan: PodPlan): Deed[] {
  const { fate, name, labels, namespace = NAMESPACE } = plan
  if (fate === undefined) return [{ do: 'create', object: podOf(plan) }]
  const whole = podOf({ ...plan, labels: {} })
  const held = { ...whole, metadata: { ...whole.metadata, finalizers: ['example.com/hold'] } }
  const pod = { kind: 'Pod', namespace, name }
  const ends: Deed =
    fate === 'going'
      ? { do: 'delete', ...pod }
      : { do: 'patch', ...pod, patch: { status: { phase: 'Failed' } }, subresource: 'status' }
  return [{ do: 'create', object: held }, ends, { do: 'patch', ...pod, patch: { metadata: { labels } } }]
}
