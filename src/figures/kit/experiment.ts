/**
 * What a reader puts together to send through the API server: who asks, for what, and which stages are how. Plain data, and the
 * words of the story that it takes the place of.
 */
import type { Edit } from '../../simulation/protocol.ts'

export const WHO = ['admin', 'ana', 'builder', 'kubelet', 'nobody', 'forged'] as const
export const WHAT = ['pod', 'privileged', 'invalid', 'taken', 'secret', 'stale'] as const

/** Each with its choices; the first is the story's own. */
export const SETTINGS = {
  who: ['ana', ...WHO.filter((who) => who !== 'ana')],
  what: ['privileged', ...WHAT.filter((what) => what !== 'privileged')],
  as: ['off', 'on'],
  authorization: ['rbac', 'off'],
  level: ['baseline', 'privileged', 'restricted'],
  webhook: ['off', 'on', 'down'],
  quota: ['room', 'full', 'off'],
} as const

export type Setting = keyof typeof SETTINGS
export type Experiment = Readonly<Record<Setting, string>>

const NAMES = Object.keys(SETTINGS) as Setting[]

/** `who=ana what=privileged …` */
export const formatExperiment = (experiment: Experiment): string =>
  NAMES.map((name) => `${name}=${experiment[name]}`).join(' ')

export function parseExperiment(text: string): Experiment {
  const given = new Map(text.split(' ').map((pair) => pair.split('=') as [string, string]))
  const entries = NAMES.map((name) => [name, given.get(name) ?? SETTINGS[name][0]])
  return Object.fromEntries(entries) as Experiment
}

export const INITIAL = formatExperiment(parseExperiment(''))

// ── the story's words ───────────────────────────────────────────────────────────────────────────────────────────────

const pod = (name: string, more = ''): string => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: team }
spec:
  containers: [{ name: job, image: web${more} }]
`

const STALE = `apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: team, resourceVersion: '1' }
data: { colour: red }
`

const BODIES: Readonly<Record<string, string>> = {
  pod: pod('job'),
  privileged: pod('job', ', securityContext: { privileged: true }'),
  invalid: pod('Big_Job'),
  taken: pod('ci'),
  secret: '',
  stale: STALE,
}

const PODS = 'POST /api/v1/namespaces/team/pods'
const PATHS: Readonly<Record<string, string>> = {
  secret: 'GET /api/v1/namespaces/team/secrets/db',
  stale: 'PUT /api/v1/namespaces/team/configmaps/settings',
}
/** The same for kubectl. */
const TYPED: Readonly<Record<string, string>> = { secret: 'get secret db -n team', stale: 'replace -f -' }

/** Whose program asks, and what it shows. */
const ASKERS: Readonly<Record<string, readonly [program: string, shown: string]>> = {
  ana: ['dashboard', ' token-of-ana'],
  builder: ['node-1/ci', ' @ci'],
  kubelet: ['node-1/curl', ' certificate=system:node:node-1 groups=system:nodes'],
  nobody: ['program', ''],
  forged: ['program', ' made-up'],
}

function asking({ who, what, as }: Experiment): string {
  const body = BODIES[what]
  const asker = ASKERS[who]
  if (!asker) return `kubectl ${TYPED[what] ?? 'create -f -'}${as === 'on' ? ' --as ana' : ''}\n${body}`
  const [program, shown] = asker
  return `ask ${program} ${PATHS[what] ?? PODS}${shown}${as === 'on' ? ' as=ana' : ''}\n${body}`
}

const NO_HOOK = '# No webhook is asked about what is written there.\n'
const HOOK = `kubectl apply -f -
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: owners }
webhooks:
  - name: owners.policy.example
    clientConfig: { url: 'https://webhook.policy/validate' }
    rules: [{ apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods] }]
    sideEffects: None
    admissionReviewVersions: [v1]
----

`
const QUOTA = `---
apiVersion: v1
kind: ResourceQuota
metadata: { name: few-pods, namespace: team }
spec: { hard: { pods: '4' } }
`
const LEVEL = 'pod-security.kubernetes.io/enforce: '

/** What becomes of the story. */
export function editsFor(text: string): readonly Edit[] {
  const experiment = parseExperiment(text)
  const story = parseExperiment('')
  const { authorization, level, webhook, quota } = experiment
  const edits: Edit[] = []
  if (asking(experiment) !== asking(story)) edits.push({ find: asking(story), replace: asking(experiment) })
  if (authorization === 'off') edits.push({ find: 'authorization=Node,RBAC', replace: 'authorization=AlwaysAllow' })
  if (level !== story.level) edits.push({ find: LEVEL + story.level, replace: LEVEL + level })
  if (quota !== 'room') edits.push({ find: QUOTA, replace: quota === 'off' ? '' : QUOTA.replace("'4'", "'1'") })
  if (webhook !== 'off') edits.push({ find: NO_HOOK, replace: webhook === 'on' ? HOOK : `${HOOK}fault stop process=policy/webhook\n----\n\n` }) // prettier-ignore
  return edits
}
