/** One request's way through the API server, stage by stage, as the notes and the messages of the trace have it. */
import type { Described } from '#cluster/scenarios/described.ts'
import type { NoteView, Timeline } from '../../simulation/protocol.ts'

/** In the order in which a request passes them. */
export const STAGES = [
  'authentication',
  'audit',
  'impersonation',
  'fairness',
  'authorization',
  'mutating',
  'validation',
  'validating',
  'quota',
  'storage',
] as const
export type Stage = (typeof STAGES)[number]

/** `unasked`: it had nothing to say about this request. */
export type StageOutcome = 'passed' | 'changed' | 'refused' | 'unasked'

export interface Passage {
  readonly stage: Stage
  readonly outcome: StageOutcome
  /** Who, why, or what it did; in Kubernetes' own words. */
  readonly detail: string
  /** When that was known. */
  readonly tick: number
}

export interface Journey {
  /** `dashboard` */
  readonly client: string
  readonly request: Described
  readonly answer: Described | undefined
  /** Up to the one that refused; then the rest was not asked. */
  readonly passages: readonly Passage[]
  readonly refusedAt: Stage | undefined
  /** The write of the object itself, and whether etcd took it. */
  readonly write: Described | undefined
  readonly isStored: boolean
}

const API_SERVER = 'cp-1/kube-apiserver'
const ETCD = 'cp-1/etcd'
const WEBHOOK = 'policy/webhook'

export const startOf = ({ events }: Timeline): number => events.findLast(({ kind }) => kind === 'command')?.tick ?? 0

const within = ({ request, answer }: Pick<Journey, 'request' | 'answer'>, tick: number): boolean =>
  tick >= request.tick && tick <= (answer?.tick ?? Infinity)

export const isWebhook = ({ from, to }: Described): boolean => from === WEBHOOK || to === WEBHOOK

/** What the request itself has etcd do: read, charge the quota, write. */
export const isForStore = (journey: Journey, event: Described): boolean =>
  event.kind === 'request' &&
  event.to === ETCD &&
  within(journey, event.tick) &&
  (event.resource === 'resourcequotas' || (event.resource === journey.request.resource && event.verb !== 'txn delete' && event.cause <= (journey.write?.cause ?? Infinity))) // prettier-ignore

export function journeyOf(timeline: Timeline): Journey | undefined {
  const { events } = timeline
  const start = startOf(timeline)
  const request = events.find(({ tick, kind, cause, to }) => tick > start && kind === 'request' && cause === start && to === API_SERVER) // prettier-ignore
  if (!request) return undefined
  const answer = events.find(({ tick, kind, from, to }) => tick > request.tick && kind === 'response' && from === API_SERVER && to === request.from) // prettier-ignore
  const asked = events.filter(({ tick, to }) => to === ETCD && within({ request, answer }, tick))
  const write = asked.find(({ verb, resource, name }) => verb.startsWith('txn') && resource === request.resource && (name === request.name || request.name === '')) // prettier-ignore
  const taken = write && events.find(({ tick, kind, from, resource, name }) => tick > write.tick && kind === 'response' && from === ETCD && resource === write.resource && name === write.name) // prettier-ignore
  const isStored = taken !== undefined && !taken.failed && taken.verb !== 'compare failed'
  const bare = { client: request.from!.split('/')[1]!, request, answer, write, isStored }
  const passages = passagesOf(timeline, bare, taken)
  return { ...bare, passages, refusedAt: passages.find(({ outcome }) => outcome === 'refused')?.stage }
}

// ── from notes to stages ────────────────────────────────────────────────────────────────────────────────────────────

interface Found {
  readonly outcome: StageOutcome
  readonly detail?: string
  readonly tick?: number
}

const NOTHING: Found = { outcome: 'unasked' }

type Bare = Omit<Journey, 'passages' | 'refusedAt'>

function passagesOf({ events, notes }: Timeline, journey: Bare, stored: Described | undefined): Passage[] {
  const { request } = journey
  // The steps in which the API server was busy with this request: when it came, and when a webhook had answered.
  const answers = events.filter((event) => isWebhook(event) && event.to === API_SERVER && within(journey, event.tick))
  const ticks = new Set([request.tick, ...answers.map(({ tick }) => tick)])
  const own = notes.filter(({ tick, process }) => process === API_SERVER && ticks.has(tick))
  const found: Readonly<Record<Stage, Found>> = {
    authentication: authentication(own),
    audit: audit(own),
    impersonation: impersonation(own),
    fairness: fairness(own),
    authorization: authorization(own),
    mutating: mutating(own),
    validation: verdict(own, 'validation'),
    validating: validating(own),
    quota: verdict(own, 'quota'),
    storage: storage(journey, stored),
  }
  const passages: Passage[] = []
  for (const stage of STAGES) {
    const { outcome, detail = '', tick = request.tick } = found[stage]
    passages.push({ stage, outcome, detail, tick: Math.max(tick, passages.at(-1)?.tick ?? 0) })
    if (outcome === 'refused') break
  }
  return passages
}

const ofKind = (notes: readonly NoteView[], kind: string): readonly NoteView[] => notes.filter((one) => one.kind === kind) // prettier-ignore

function authentication(notes: readonly NoteView[]): Found {
  if (ofKind(notes, 'unauthenticated').length > 0) return { outcome: 'refused', detail: 'Unauthorized' }
  const [acting] = ofKind(notes, 'impersonation')
  const [first] = [...ofKind(notes, 'authorization'), ...ofKind(notes, 'flow')]
  return { outcome: 'passed', detail: (acting ?? first)?.detail.user ?? '' }
}

function audit(notes: readonly NoteView[]): Found {
  const event = ofKind(notes, 'audit').find(({ detail }) => detail.stage === 'RequestReceived')
  return event ? { outcome: 'passed', detail: `${event.detail.level}: ${event.detail.verb} ${event.detail.uri}` } : NOTHING // prettier-ignore
}

function impersonation(notes: readonly NoteView[]): Found {
  const [acting] = ofKind(notes, 'impersonation')
  if (acting) return { outcome: 'passed', detail: `${acting.detail.user} → ${acting.detail.as}` }
  // Who may not act as somebody else is refused before the request is sorted into a flow.
  const refused = ofKind(notes, 'authorization').find(({ detail }) => !detail.allowed)
  if (!refused || ofKind(notes, 'flow').length > 0) return NOTHING
  return { outcome: 'refused', detail: `${refused.detail.user} may not impersonate` }
}

function fairness(notes: readonly NoteView[]): Found {
  const [flow] = ofKind(notes, 'flow')
  if (!flow) return NOTHING
  const { schema, level, placed } = flow.detail
  return { outcome: placed === 'rejected' ? 'refused' : 'passed', detail: `FlowSchema ${schema}, level ${level}` }
}

function authorization(notes: readonly NoteView[]): Found {
  const judged = ofKind(notes, 'authorization').at(-1)
  if (!judged || ofKind(notes, 'flow').length === 0) return NOTHING
  const { allowed, reason, user } = judged.detail
  return { outcome: allowed ? 'passed' : 'refused', detail: reason ?? `RBAC: no rule allows it to ${user}` }
}

function mutating(notes: readonly NoteView[]): Found {
  const told = ofKind(notes, 'admission').filter(({ detail }) => detail.phase === 'mutating')
  const refused = told.find(({ detail }) => detail.outcome === 'refused')
  if (refused) return { outcome: 'refused', detail: `${refused.detail.plugin}: ${refused.detail.why}` }
  if (told.length === 0) return NOTHING
  const changed = told.filter(({ detail }) => detail.outcome === 'changed')
  if (changed.length === 0) return { outcome: 'passed', detail: told.map(({ detail }) => detail.plugin).join(', ') }
  return { outcome: 'changed', detail: changed.map(({ detail }) => `${detail.plugin}: ${detail.fields.join(', ')}`).join(' · ') } // prettier-ignore
}

function validating(notes: readonly NoteView[]): Found {
  const told = ofKind(notes, 'admission').filter(({ detail }) => detail.phase === 'validating')
  if (told.length === 0) return NOTHING
  const refused = told.find(({ detail }) => detail.outcome === 'refused')
  const last = refused ?? told.at(-1)!
  const names = [...new Set(told.map(({ detail }) => detail.plugin as string))]
  const detail = refused ? `${refused.detail.plugin}: ${refused.detail.why}` : names.join(', ')
  return { outcome: refused ? 'refused' : 'passed', detail, tick: last.tick }
}

function verdict(notes: readonly NoteView[], kind: 'validation' | 'quota'): Found {
  const last = ofKind(notes, kind).at(-1)
  if (!last) return NOTHING
  const { outcome, why = '' } = last.detail
  return {
    outcome: outcome === 'refused' ? 'refused' : 'passed',
    detail: why,
    ...(kind === 'quota' && { tick: last.tick }),
  }
}

/** What is left is the store's own: 404 and 409 come from there. */
function storage({ request, answer, write, isStored }: Bare, stored: Described | undefined): Found {
  if (!answer) return NOTHING
  const { tick } = answer
  if (answer.failed) return { outcome: 'refused', detail: answer.label, tick }
  if (!write) return { outcome: 'passed', detail: `${request.verb} ${request.name}`, tick }
  return { outcome: isStored ? 'passed' : 'refused', detail: stored?.label ?? '', tick }
}
