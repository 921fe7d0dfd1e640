/**
 * admission-webhook: a server of admission webhooks.
 *
 * What the real one does: an HTTPS server that gets an AdmissionReview and says whether a write may be, and what is to be changed
 * in it. Which rules it goes by is everybody's own affair.
 * What we model: a few rules that clusters do have: labels that must be there, labels that are added, registries that images may come
 * from; and how such a server fails: slowly, with an error, with nonsense. One that stands on a machine by itself, and one that
 * runs in a Pod (an image of the registry).
 * What we leave out: TLS.
 * Where to read upstream: kubernetes/kubernetes `test/images/agnhost/webhook`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { KubernetesObject, Pod } from '#cluster/api/types.ts'
import type { Component, Effect, Micros, StreamId } from '#cluster/kernel/component.ts'
import type { ProgramIo } from '#cluster/linux/program.ts'
import { program } from '#cluster/linux/program.ts'
import { isFailure } from '#cluster/linux/syscall.ts'

export interface WebhookRules {
  /** Labels that every object must have. */
  readonly requiredLabels?: readonly string[]
  /** Labels that are given to objects that do not have them. */
  readonly addedLabels?: Readonly<Record<string, string>>
  /** What the names of images must begin with. */
  readonly registries?: readonly string[]
  /** What is said to everybody, beside the answer. */
  readonly warning?: string
  /** How long it thinks. */
  readonly delayMicros?: Micros
  /** It answers with an error of the server, or with something that is no review. */
  readonly fails?: 'error' | 'nonsense'
}

interface ReviewRequest {
  readonly uid: string
  readonly object: KubernetesObject | null
}

function answer(rules: WebhookRules, request: HttpRequest): HttpResponse {
  const { kind, request: asked } = (request.body ?? {}) as { kind?: string; request?: ReviewRequest }
  if (rules.fails === 'error') return { type: 'response', status: 500, body: 'Internal Server Error' }
  if (rules.fails === 'nonsense') return { type: 'response', status: 200, body: { kind: 'Teapot' } }
  if (kind !== 'AdmissionReview' || !asked)
    return { type: 'response', status: 400, body: 'expected an AdmissionReview' }
  const problem = asked.object ? problemOf(rules, asked.object) : undefined
  const patch = problem === undefined && asked.object ? patchOf(rules, asked.object) : []
  const response = {
    uid: asked.uid,
    allowed: problem === undefined,
    ...(problem !== undefined && { status: { message: problem } }),
    ...(patch.length > 0 && { patchType: 'JSONPatch', patch: btoa(JSON.stringify(patch)) }),
    ...(rules.warning !== undefined && { warnings: [rules.warning] }),
  }
  return {
    type: 'response',
    status: 200,
    body: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response },
  }
}

function problemOf({ requiredLabels = [], registries }: WebhookRules, object: KubernetesObject): string | undefined {
  const missing = requiredLabels.filter((label) => object.metadata.labels?.[label] === undefined)
  if (missing.length > 0) return `you must provide labels: ${missing.join(', ')}`
  if (!registries || object.kind !== 'Pod') return undefined
  const { containers, initContainers = [] } = (object as Pod).spec
  const foreign = [...initContainers, ...containers].find(({ image }) => !registries.some((one) => image?.startsWith(one))) // prettier-ignore
  return foreign && `container ${foreign.name} has the image ${foreign.image}, which is of no registry that is allowed (${registries.join(', ')})` // prettier-ignore
}

/** `a/b` → `a~1b`: a name as a step of a JSON pointer. */
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

function patchOf({ addedLabels = {} }: WebhookRules, { metadata }: KubernetesObject): object[] {
  const added = Object.entries(addedLabels).filter(([label]) => metadata.labels?.[label] === undefined)
  if (added.length === 0) return []
  if (!metadata.labels) return [{ op: 'add', path: '/metadata/labels', value: Object.fromEntries(added) }]
  return added.map(([label, value]) => ({ op: 'add', path: `/metadata/labels/${escaped(label)}`, value }))
}

// ── on a machine by itself ──────────────────────────────────────────────────────────────────────────────────────────

interface ServerState {
  readonly rules: WebhookRules
  /** How often it was asked. */
  readonly asked: number
  /** Answers that wait for their time. */
  readonly waiting: Readonly<Record<StreamId, HttpResponse>>
}

export const webhookServer: Component<{ state: ServerState }, WebhookRules> = {
  name: 'webhook-server',
  init: (rules) => ({ state: { rules, asked: 0, waiting: {} } }),
  step(own, event): Effect[] {
    const { rules, asked, waiting } = own.state
    if (event.type === 'opened') {
      const body = answer(rules, event.body as HttpRequest)
      own.state = { ...own.state, asked: asked + 1 }
      if (!rules.delayMicros) return [{ type: 'close', stream: event.stream, body }]
      own.state = { ...own.state, waiting: { ...waiting, [event.stream]: body } }
      return [{ type: 'wake', key: String(event.stream), after: rules.delayMicros }]
    }
    const stream = event.type === 'timer' ? Number(event.key) : event.type === 'closed' ? event.stream : -1
    const body = waiting[stream]
    if (body === undefined) return []
    const { [stream]: _, ...rest } = waiting
    own.state = { ...own.state, waiting: rest }
    return event.type === 'timer' ? [{ type: 'close', stream, body }] : [{ type: 'cancelWake', key: String(stream) }]
  },
}

// ── in a Pod ────────────────────────────────────────────────────────────────────────────────────────────────────────

const listOf = (text: string | undefined): readonly string[] => (text ?? '').split(',').filter((word) => word !== '')

/** `REQUIRED_LABELS=owner,team` · `ADDED_LABELS=env=dev` · `REGISTRIES=registry.example/` · `WARNING=…` · `PORT` (8443) */
function rulesOf({ options }: ProgramIo): WebhookRules {
  const { REQUIRED_LABELS, ADDED_LABELS, REGISTRIES, WARNING } = options.env
  return {
    requiredLabels: listOf(REQUIRED_LABELS),
    addedLabels: Object.fromEntries(listOf(ADDED_LABELS).map((pair) => pair.split('=') as [string, string])),
    ...(REGISTRIES && { registries: listOf(REGISTRIES) }),
    ...(WARNING && { warning: WARNING }),
  }
}

const PORT = 8443

export const admissionWebhook: ReturnType<typeof program<object>> = program<object>({
  name: 'admission-webhook',
  init: () => ({}),
  started: (_, io) => io.syscall('listen', [{ call: 'listen', port: Number(io.options.env['PORT'] ?? PORT) }]),
  replied(_, io, __, [result]) {
    if (isFailure(result)) io.exit(1)
  },
  news(_, io, news) {
    if (news.type === 'socketClosed') return io.quiet([{ call: 'close', socket: news.socket }])
    if (news.type !== 'received') return
    const data = answer(rulesOf(io), news.data as HttpRequest)
    io.print(`POST ${(news.data as HttpRequest).path} ${data.status}\n`)
    io.quiet([{ call: 'send', socket: news.socket, data, close: true }])
  },
  onTerminate: 0,
})
