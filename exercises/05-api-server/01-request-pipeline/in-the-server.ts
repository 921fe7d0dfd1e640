/**
 * The learner's pipeline in the API server of a whole cluster: what kubectl, controllers, scheduler and kubelet ask passes it, and so
 * does what people and programs with and without rights want of ConfigMaps, under a quota and two webhooks; meanwhile tokens
 * lose their worth, the webhooks fall silent, and etcd or the API server dies.
 */
import {
  addVisitor,
  addWebhookServer,
  bootedCluster,
  mintedToken,
  readyPods,
  serverWithPipeline,
  visit,
  webhookFor,
  webhookServer,
  type Chance,
  type Finding,
  type PipelineReport,
  type TellLine,
  type Trial,
  type Visit,
  type World,
} from 'clusterwright/kit'
import { judgeRecord } from './judge.ts'
import { say } from './texts.ts'

const PERSONAS = [
  ...(['admin', 'builder', 'runner', 'pod', 'briefly', 'vault', 'nobody', 'forger', 'ana', 'ana-forged'] as const),
]
type Persona = (typeof PERSONAS)[number]

const WISHES = [
  ...(['get', 'list', 'create', 'create-dry', 'create-unlabelled', 'create-unsound', 'create-nowhere'] as const),
  ...([
    'update',
    'update-stale',
    'update-dry',
    'delete',
    'delete-dry',
    'get-secret',
    'list-nodes',
    'list-all',
  ] as const),
]
type Wish = (typeof WISHES)[number]

interface Errand {
  readonly atMs: number
  readonly who: Persona
  readonly what: Wish
  readonly name: string
}

export interface ServerPlan {
  readonly errands: readonly Errand[]
  readonly webhookStopsMs: number
  readonly etcdDiesMs?: number
  readonly serverDiesMs?: number
}

const [SET_UP_MS, TOKENS_MS, FROM_MS, ANEW_MS, UNTIL_MS] = [3600, 9000, 9500, 12_000, 15_500]
const WITHIN_MICROS = 17_000_000
const NAMES = ['red', 'green', 'blue']

export function serverPlan(chance: Chance, seed: number): ServerPlan {
  const time = (): number => FROM_MS + chance.int(UNTIL_MS - FROM_MS)
  // Whose credentials are good to the end.
  const able: readonly Persona[] = ['admin', 'builder']
  const errand = (atMs: number, who: Persona, what: Wish): Errand => ({ atMs, who, what, name: chance.pick(NAMES) })
  const together = FROM_MS + chance.int(3500)
  return {
    errands: [
      ...NAMES.map((name): Errand => ({ atMs: FROM_MS - 300, who: 'admin', what: 'create', name })),
      errand(FROM_MS, 'admin', 'create-nowhere'),
      errand(FROM_MS, 'admin', 'list-all'),
      // When nobody answers for the webhooks any longer.
      errand(UNTIL_MS - 800, 'admin', 'create'),
      errand(UNTIL_MS - 780, 'builder', 'create-dry'),
      // Each of them before and after tokens lose their worth, and each wish by somebody who may.
      ...PERSONAS.flatMap((who) => [
        errand(FROM_MS + chance.int(1500), who, chance.pick(['get', 'list'])),
        errand(ANEW_MS + 800 + chance.int(1500), who, chance.pick(['get', 'create', 'update', 'delete'])),
      ]),
      ...WISHES.map((what) => errand(time(), chance.pick(able), what)),
      ...chance.times(20, () => errand(time(), chance.pick(PERSONAS), chance.pick(WISHES))),
      // At once, each with a name of its own: the quota is not enough for all.
      ...chance.times(6, (index) => ({
        atMs: together,
        who: chance.pick(able),
        what: 'create' as const,
        name: `of-many-${index}`,
      })),
    ],
    webhookStopsMs: UNTIL_MS - 900,
    ...(seed % 2 === 1 ? { etcdDiesMs: UNTIL_MS - chance.int(300) } : { serverDiesMs: ANEW_MS + 2900 }),
  }
}

// ── the world ───────────────────────────────────────────────────────────────────────────────────────────────────────

const CORE = '/api/v1/namespaces/default'
const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
const HOOKS = '/apis/admissionregistration.k8s.io/v1'
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: nginx }] }
`

const made = (path: string, object: object): Visit => ({ method: 'POST', path, object })
const account = (name: string): Visit =>
  made(`${CORE}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } })
const MAKERS = ['builder', 'runner', 'default']

const SET_UP: readonly Visit[] = [
  account('builder'),
  account('runner'),
  made(`${RBAC}/roles`, {
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'maker' } },
    rules: [
      {
        ...{ apiGroups: [''], resources: ['configmaps'] },
        verbs: ['get', 'list', 'create', 'update', 'delete'],
      },
    ],
  }),
  made(`${RBAC}/rolebindings`, {
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'makers' } },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'maker' },
    subjects: MAKERS.map((name) => ({ kind: 'ServiceAccount', name, namespace: 'default' })),
  }),
  made(`${CORE}/resourcequotas`, {
    ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' } },
    spec: { hard: { configmaps: '7' } },
  }),
  made(`${HOOKS}/mutatingwebhookconfigurations`, webhookFor('Mutating', 'marks', 'configmaps')),
  made(`${HOOKS}/validatingwebhookconfigurations`, webhookFor('Validating', 'wants', 'configmaps')),
  // A kind is cached from when somebody first asks for it.
  { path: `${CORE}/configmaps` },
  { path: `${CORE}/secrets` },
]

const reports = new WeakMap<Trial<any>, PipelineReport>()

export function serverWorld({ webhookStopsMs, etcdDiesMs, serverDiesMs }: ServerPlan, trial: Trial<any>): World {
  const { component, report } = serverWithPipeline(trial, (record) => {
    const finding = judgeRecord(record)
    const time = ((trial.built?.now ?? 0) / 1e6).toFixed(3)
    const { verb, resource } = record.request
    return finding && { ...finding, message: say('in-the-cluster', { time, who: record.who, verb, what: resource, why: finding.message }) } // prettier-ignore
  })
  reports.set(trial, report)
  const crashes = [
    ...(etcdDiesMs === undefined ? [] : [{ process: 'cp-1/etcd', atMicros: etcdDiesMs * 1000 }]),
    ...(serverDiesMs === undefined ? [] : [{ process: 'cp-1/kube-apiserver', atMicros: serverDiesMs * 1000 }]),
  ]
  const components = { 'kube-apiserver': component, 'webhook-server': webhookServer }
  const typed = [{ atMicros: SET_UP_MS * 1000, args: ['apply', '-f', '-'], stdin: DEPLOYMENT }]
  const world = bootedCluster({ seed: trial.seed, components, crashes, nodes: 1, chain: 'full', typed })
  addVisitor(world)
  const hooks = [
    addWebhookServer(world, 'marks', { addedLabels: { env: 'dev' } }),
    addWebhookServer(world, 'wants', { requiredLabels: ['team', 'env'] }),
  ]
  for (const process of hooks) world.command(webhookStopsMs * 1000, { type: 'stop', process })
  SET_UP.forEach((asked, index) => visit(world, (SET_UP_MS + 50 * index) * 1000, index + 1, asked))
  return world
}

export function livesOn(trial: Trial<ServerPlan>, plan: ServerPlan): void {
  const world = trial.world(plan)
  const report = reports.get(trial)!
  const isOver = (): boolean => Boolean(trial.trap || report.finding)
  const run = (untilMicros: number): void => {
    world.run({ untilMicros, until: isOver })
    if (trial.trap) trial.crash(trial.trap.failure, trial.trap.during)
    if (report.finding) trial.fail(report.finding)
  }
  run(TOKENS_MS * 1000)
  const [pod] = readyPods(world)
  if (!pod) trial.fail({ message: say('not-up'), expected: '1', actual: '0', hint: 'admit' } satisfies Finding)
  const { name } = pod!.metadata
  const tokens = tokensIn(world, name)
  let count = 100
  const ask = (atMs: number, asked: Visit): void => visit(world, atMs * 1000, ++count, asked)
  ask(ANEW_MS, { method: 'DELETE', path: `${CORE}/pods/${name}`, object: { gracePeriodSeconds: 0 } })
  ask(ANEW_MS, { method: 'DELETE', path: `${CORE}/serviceaccounts/runner` })
  ask(ANEW_MS + 300, account('runner'))
  for (const { atMs, who, ...wish } of plan.errands) ask(atMs, { ...visitOf(wish), ...credentialsOf(who, tokens) })
  run(WITHIN_MICROS)
}

// ── who wants what ──────────────────────────────────────────────────────────────────────────────────────────────────

type Tokens = Readonly<Partial<Record<Persona, string>>>

function tokensIn(world: World, pod: string): Tokens {
  const of = (name: string, more: object = {}): string =>
    mintedToken(world, { namespace: 'default', account: name, ...more }) ?? 'none'
  return {
    builder: of('builder'),
    runner: of('runner', { audiences: ['vault', 'https://kubernetes.default.svc.cluster.local'] }),
    pod: of('default', { pod }),
    briefly: of('builder', { seconds: 2 }),
    vault: of('builder', { audiences: ['vault'] }),
    forger: `${of('builder').slice(0, -4)}AAAA`,
    'ana-forged': 'eyJhbGciOiJub25lIn0.e30.',
  }
}

const ANA = { name: 'ana', groups: ['developers'] }

function credentialsOf(who: Persona, tokens: Tokens): Pick<Visit, 'token' | 'certificate'> {
  if (who === 'admin') return {}
  return { token: tokens[who] ?? null, ...(who.startsWith('ana') && { certificate: ANA }) }
}

const MAPS = `${CORE}/configmaps`

const configMap = (name: string, more: object = {}): object => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap' },
  metadata: { name, labels: { team: 'shop', env: 'test' }, ...more },
  data: { greeting: 'hello' },
})

function visitOf({ what, name }: Omit<Errand, 'atMs' | 'who'>): Visit {
  const path = `${MAPS}/${name}`
  const query = { dryRun: 'All' }
  switch (what) {
    case 'get':
      return { path }
    case 'list':
      return { path: MAPS }
    case 'create':
      return made(MAPS, configMap(name, { labels: { team: 'shop' } }))
    case 'create-dry':
      return { ...made(MAPS, configMap(`${name}-dry`, { labels: { team: 'shop' } })), query }
    case 'create-unlabelled':
      return made(MAPS, configMap(`${name}-unlabelled`, { labels: {} }))
    case 'create-unsound':
      return made(MAPS, configMap(`${name}_Unsound`))
    case 'create-nowhere':
      return made('/api/v1/namespaces/nowhere/configmaps', configMap(name))
    case 'update':
      return { method: 'PUT', path, object: configMap(name, { annotations: { by: 'update' } }) }
    case 'update-stale':
      return { method: 'PUT', path, object: configMap(name, { resourceVersion: '1' }) }
    case 'update-dry':
      return { method: 'PUT', path, query, object: configMap(name, { annotations: { by: 'dry-run' } }) }
    case 'delete':
      return { method: 'DELETE', path }
    case 'delete-dry':
      return { method: 'DELETE', path, query }
    case 'get-secret':
      return { path: `${CORE}/secrets/${name}` }
    case 'list-all':
      return { path: '/api/v1/configmaps' }
    case 'list-nodes':
      return { path: '/api/v1/nodes' }
  }
}

export const tellServer = ({ errands, webhookStopsMs, etcdDiesMs, serverDiesMs }: ServerPlan): TellLine[] => [
  ...([['webhook', webhookStopsMs], ['etcd', etcdDiesMs], ['server', serverDiesMs]] as const).flatMap(([what, atMs]): TellLine[] => atMs === undefined ? [] : [{ kind: 'fault', what: say(`fault.${what}`), atMicros: atMs * 1000 }]), // prettier-ignore
  ...errands.map(({ atMs, who, what, name }): TellLine => ({
    ...{ kind: 'step', what: say('step.errand', { who, what: `${what} ${name}` }) },
    atMicros: atMs * 1000,
  })),
]
