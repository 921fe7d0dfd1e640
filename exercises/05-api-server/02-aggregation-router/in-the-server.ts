/**
 * The learner's aggregator in the API server of a whole cluster: whatever scheduler, controllers, kubelet and people ask goes by
 * its word, while servers behind APIServices come, fall silent and are replaced, and the API server itself dies once.
 */
import {
  addExtensionServer,
  addVisitor,
  extensionServer,
  serverWithAggregator,
  serviceFor,
  visit,
  wholeCluster,
  type AggregatorReport,
  type Chance,
  type Finding,
  type TellLine,
  type Trial,
  type Visit,
  type World,
} from 'clusterwright/kit'
import { judgeDiscovery, judgeRoute } from './oracle.ts'
import { say } from './texts.ts'

/** A server outside, and what its APIServices claim. */
export interface Outsider {
  readonly name: string
  readonly claims: readonly { readonly group: string; readonly version: string; readonly groupPriority: number }[]
}

type Fault =
  | { readonly do: 'stop' | 'hide' | 'show'; readonly server: string; readonly atMs: number }
  | { readonly do: 'replace'; readonly claim: string; readonly server: string; readonly atMs: number }
  | { readonly do: 'crash'; readonly atMs: number }

export interface ServerPlan {
  readonly outsiders: readonly Outsider[]
  readonly visits: readonly { readonly atMs: number; readonly path: string }[]
  readonly faults: readonly Fault[]
}

const ORDERS: Outsider = { name: 'orders', claims: [{ group: 'shop.example.com', version: 'v1', groupPriority: 900 }] }
/** Names that are nearly those of what the cluster lives on. */
const OTHERS: readonly Outsider[] = [
  { name: 'apps', claims: [{ group: 'apps.example.com', version: 'v1', groupPriority: 17_750 }] },
  { name: 'old-apps', claims: [{ group: 'apps', version: 'v1beta1', groupPriority: 100 }] },
  { name: 'core', claims: [{ group: '', version: 'v1', groupPriority: 100 }] },
  {
    name: 'former',
    claims: [
      { group: 'shop.example.com', version: 'v1beta1', groupPriority: 17_810 },
      { group: 'coordination', version: 'v1', groupPriority: 20_000 },
    ],
  },
]

const [FROM_MS, UNTIL_MS] = [5000, 22_000]
const TWIN = 'twin'

export function serverPlan(chance: Chance, seed: number): ServerPlan {
  const outsiders = [ORDERS, ...OTHERS.filter(() => chance.chance(0.6))]
  const time = (): number => FROM_MS + chance.int(UNTIL_MS - FROM_MS)
  const paths = outsiders.flatMap(({ claims }) => claims.flatMap(({ group, version }) => pathsOf(group, version)))
  const hidden = FROM_MS + 500 + chance.int(4000)
  const shown = hidden + 2000 + chance.int(3000)
  const replaced = shown + 3000 + chance.int(3000)
  const silent = chance.pick(outsiders).name
  return {
    outsiders,
    visits: [
      ...chance.times(chance.between(10, 16), () => ({ atMs: time(), path: chance.pick(paths) })),
      // Before, meanwhile, and afterwards.
      ...[FROM_MS, hidden + 400, shown + 2800, UNTIL_MS + 6000].map((atMs) => ({ atMs, path: paths[0]! })),
      ...[FROM_MS, UNTIL_MS].map((atMs) => ({ atMs, path: '/apis' })),
    ],
    faults: [
      { do: 'hide', server: ORDERS.name, atMs: hidden },
      { do: 'show', server: ORDERS.name, atMs: shown },
      { do: 'replace', claim: 'v1.shop.example.com', server: TWIN, atMs: replaced },
      { do: 'stop', server: silent, atMs: time() },
      ...(seed % 2 === 0 ? [{ do: 'crash' as const, atMs: time() }] : []),
    ],
  }
}

const pathsOf = (group: string, version: string): readonly string[] => [
  `/apis/${group || 'core'}/${version}/orders`,
  `/apis/${group || 'core'}/${version}/namespaces/default/orders`,
  `/apis/${group || 'core'}/${version}`,
  `/apis/${group || 'core'}`,
  `/apis/${group || 'core'}/${version}beta2/orders`,
]

// ── the world ───────────────────────────────────────────────────────────────────────────────────────────────────────

const APIS = '/apis/apiregistration.k8s.io/v1/apiservices'
const SERVICES = '/api/v1/namespaces/default/services'
const CLAIMED_AT_MS = 3500
const APPLIED_AT_MICROS = 4_000_000
/** A supervisor waits ten seconds before it starts the API server again, and whoever is away for longer has missed much. */
const WITHIN_MS = 33_000

const reports = new WeakMap<Trial<any>, AggregatorReport>()

const claimOf = (group: string, version: string, server: string, groupPriority: number): object => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: `${version}.${group}` },
  spec: {
    ...{ group, version, groupPriorityMinimum: groupPriority, versionPriority: 15, insecureSkipTLSVerify: true },
    service: { namespace: 'default', name: server, port: 443 },
  },
})

export function serverWorld({ outsiders, visits, faults }: ServerPlan, trial: Trial<any>): World {
  const { component, report } = serverWithAggregator(trial, judgeOf(trial))
  reports.set(trial, report)
  const components = { 'kube-apiserver': component, 'extension-server': extensionServer }
  const crashes = faults.flatMap((fault) =>
    fault.do === 'crash' ? [{ process: 'cp-1/kube-apiserver', atMicros: fault.atMs * 1000 }] : [],
  )
  const cluster = { components, crashes, nodes: 1, replicas: 1, appliedAtMicros: APPLIED_AT_MICROS }
  const world = wholeCluster({ seed: trial.seed, ...cluster })
  addVisitor(world)
  let count = 0
  const ask = (atMs: number, asked: Visit): void => visit(world, atMs * 1000, ++count, asked)
  const serves = outsiders.flatMap(({ claims }) => claims.map(({ group, version }) => `${group}/${version}`))
  for (const name of [...outsiders.map((one) => one.name), TWIN]) {
    addExtensionServer(world, name, { serves })
    ask(CLAIMED_AT_MS, { method: 'POST', path: SERVICES, object: serviceFor(name) })
  }
  for (const { name, claims } of outsiders)
    for (const { group, version, groupPriority } of claims)
      ask(CLAIMED_AT_MS, { method: 'POST', path: APIS, object: claimOf(group, version, name, groupPriority) })
  for (const { atMs, path } of visits) ask(atMs, { path })
  for (const fault of faults) strike(world, fault, ask)
  return world
}

function strike(world: World, fault: Fault, ask: (atMs: number, asked: Visit) => void): void {
  if (fault.do === 'crash') return
  const { atMs, server } = fault
  if (fault.do === 'stop') world.command(atMs * 1000, { type: 'stop', process: `outside/${server}` })
  else if (fault.do === 'hide') ask(atMs, { method: 'DELETE', path: `${SERVICES}/${server}` })
  else if (fault.do === 'show') ask(atMs, { method: 'POST', path: SERVICES, object: serviceFor(server) })
  else if (fault.do === 'replace') {
    ask(atMs, { method: 'DELETE', path: `${APIS}/${fault.claim}` })
    ask(atMs + 1000, { method: 'POST', path: APIS, object: claimOf('shop.example.com', 'v1', server, 900) })
  }
}

// ── what is said of it ──────────────────────────────────────────────────────────────────────────────────────────────

function judgeOf(trial: Trial<any>) {
  const told = (finding: Finding | undefined, who: string, what: string): Finding | undefined =>
    finding && { ...finding, message: say('in-the-cluster', { time: seconds(trial), who, what, why: finding.message }) }
  return {
    route: ({ path, who }: { path: string; who: string }, all: readonly any[], answer: unknown) =>
      told(judgeRoute(path, all, answer), who, path),
    discover: (all: readonly any[], answer: unknown) => told(judgeDiscovery(all, answer), 'kubectl', '/apis'),
  }
}

const seconds = (trial: Trial<any>): string => ((trial.built?.now ?? 0) / 1e6).toFixed(3)

export function livesOn(trial: Trial<ServerPlan>, plan: ServerPlan): void {
  const world = trial.world(plan)
  const report = reports.get(trial)!
  world.run({ untilMicros: WITHIN_MS * 1000, until: () => Boolean(trial.trap || report.finding) })
  if (trial.trap) trial.crash(trial.trap.failure, trial.trap.during)
  if (report.finding) trial.fail(report.finding)
}

export const tellServer = ({ outsiders, visits, faults }: ServerPlan): TellLine[] => [
  ...outsiders.flatMap(({ name, claims }) =>
    claims.map(({ group, version }): TellLine => ({
      kind: 'step',
      what: say('step.claims', { claim: `${version}.${group}`, server: name }),
      atMicros: CLAIMED_AT_MS * 1000,
    })),
  ),
  ...faults.map((fault): TellLine => ({
    kind: 'fault',
    what: say(`fault.${fault.do}`, {
      server: 'server' in fault ? fault.server : '',
      claim: 'claim' in fault ? fault.claim : '',
    }),
    atMicros: fault.atMs * 1000,
  })),
  ...visits.map(({ atMs, path }): TellLine => ({ kind: 'step', what: `GET ${path}`, atMicros: atMs * 1000 })),
]
