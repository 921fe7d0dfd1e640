/**
 * Audit: who asked for what, when, and what came of it.
 *
 * What the real one does: a filter around the whole chain writes events to a file, at the levels that a policy gives.
 * What we model: the stages RequestReceived, ResponseStarted (of watches) and ResponseComplete; the levels, by the first rule that
 * matches; annotations of authorization and of admission plugins; the header `Audit-Id`. Events are in two files on the server's
 * disk, of which the older makes room when the newer is full, and in the trace.
 * What we leave out: webhooks and batches; what a request says that could not be read; requests whose client has gone.
 * Where to read upstream: apiserver `pkg/audit/{policy,request}.go`, `pkg/endpoints/filters/audit.go`.
 */
import type { HttpRequest, HttpResponse, UserInfo } from '#cluster/api/http.ts'
import { formatMicroTime } from '#cluster/api/meta.ts'
import type { Context, DiskImage, Effect, StreamId } from '#cluster/kernel/component.ts'
import { newUid } from '../handlers/names.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { AuditEvent, State } from '../state.ts'
import { levelFor } from './policy.ts'

/** Files of a log that is full after so many events. */
const FILES = ['audit-0.log', 'audit-1.log'] as const
const EVENTS_MAX = 1_000

export const AUDIT_TIMER = 'audit-sync'
/** How much of the log a crash may cost. */
const SYNC_MICROS = 1_000_000

export function syncAudit(state: State, ctx: Context): Effect[] {
  state.audit.dirty = false
  return [{ type: 'persist', id: ctx.id() }]
}

/** The log goes on where it was when the server was last up. */
export function resumeAudit(state: State, disk: DiskImage): void {
  const [first, second] = FILES.map((file) => disk[file]?.length ?? 0) as [number, number]
  const file = first < EVENTS_MAX ? 0 : second < EVENTS_MAX ? 1 : 0
  state.audit.file = file
  state.audit.count = Math.min(file === 0 ? first : second, EVENTS_MAX - 1)
}

const uriOf = ({ path, query = {} }: HttpRequest): string => {
  const words = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  return words.length === 0 ? path : `${path}?${words.join('&')}`
}

const shown = ({ name, groups, uid, extra }: UserInfo): object => ({ username: name, ...(uid && { uid }), groups, ...(extra && { extra }) }) // prettier-ignore

interface Asked {
  readonly request: HttpRequest
  /** Who was recognised; undefined: nobody. */
  readonly user: UserInfo | undefined
  /** As whom they ask, if that is somebody else. */
  readonly acting: UserInfo | undefined
  readonly info: RequestInfo | undefined
}

/** A request has come: the first event, and what the last one will add to. */
export function requestReceived(state: State, stream: StreamId, asked: Asked, ctx: Context): Effect[] {
  const { request, user, acting, info } = asked
  const level = levelFor(state.options.auditPolicy, acting ?? user, info, request)
  if (level === 'None') return []
  const now = formatMicroTime(ctx.now)
  const event: AuditEvent = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: newUid(ctx),
    stage: 'RequestReceived',
    requestURI: uriOf(request),
    verb: info?.verb ?? request.method.toLowerCase(),
    user: user ? shown(user) : {},
    ...(acting && { impersonatedUser: shown(acting) }),
    userAgent: request.headers?.['user-agent'] ?? '',
    ...(info && {
      objectRef: {
        resource: info.resource.resource,
        ...(info.namespace && { namespace: info.namespace }),
        ...(info.name && { name: info.name }),
        ...(info.resource.group && { apiGroup: info.resource.group }),
        apiVersion: info.resource.version,
        ...(info.subresource && { subresource: info.subresource }),
      },
    }),
    ...((level === 'Request' || level === 'RequestResponse') && request.body !== undefined && { requestObject: request.body }), // prettier-ignore
    requestReceivedTimestamp: now,
    stageTimestamp: now,
  }
  state.audit.open.set(stream, event)
  return written(state, event, ctx)
}

/** A remark that goes with the events that are still to come. */
export function annotate(
  state: State,
  stream: StreamId | undefined,
  annotations: Readonly<Record<string, string>>,
): void {
  const event = stream === undefined ? undefined : state.audit.open.get(stream)
  if (event) state.audit.open.set(stream!, { ...event, annotations: { ...event.annotations, ...annotations } })
}

/** Looks through what a step sends for answers, and writes down how requests ended. */
export function withAudit(state: State, effects: Effect[], ctx: Context): Effect[] {
  if (state.audit.open.size === 0) return effects
  return effects.flatMap((effect): Effect[] => {
    if (effect.type !== 'close' && effect.type !== 'write') return [effect]
    const event = state.audit.open.get(effect.stream)
    const response = effect.body as HttpResponse | undefined
    if (!event) return [effect]
    if (effect.type === 'close') state.audit.open.delete(effect.stream)
    if (effect.type === 'write' && response?.type !== 'response') return [effect]
    const stage = effect.type === 'close' ? 'ResponseComplete' : 'ResponseStarted'
    const code = response?.type === 'response' ? response.status : 200
    const isFailure = code >= 400
    const complete: AuditEvent = {
      ...event,
      stage,
      responseStatus: isFailure ? statusOf(response?.body, code) : { metadata: {}, code },
      ...(event.level === 'RequestResponse' && effect.type === 'close' && { responseObject: response?.body }),
      stageTimestamp: formatMicroTime(ctx.now),
    }
    const headed = response?.type === 'response' ? { ...effect, body: { ...response, headers: { ...response.headers, 'audit-id': event.auditID } } } : effect // prettier-ignore
    return [headed as Effect, ...written(state, complete, ctx)]
  })
}

function statusOf(body: unknown, code: number): object {
  const { status, message, reason } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  return { metadata: {}, status, message, reason, code }
}

function written(state: State, event: AuditEvent, ctx: Context): Effect[] {
  ctx.note('audit', { stage: event.stage, verb: event.verb, uri: event.requestURI, level: event.level })
  const file = FILES[state.audit.file]!
  const effects: Effect[] = [{ type: 'append', file, records: [event] }]
  if (!state.audit.dirty) effects.push({ type: 'wake', key: AUDIT_TIMER, after: SYNC_MICROS })
  state.audit.dirty = true
  if (++state.audit.count < EVENTS_MAX) return effects
  state.audit.count = 0
  state.audit.file = 1 - state.audit.file
  return [...effects, { type: 'remove', file: FILES[state.audit.file]! }]
}
