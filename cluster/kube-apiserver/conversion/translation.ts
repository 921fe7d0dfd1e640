/**
 * Custom objects between versions, where a webhook converts them: requests are served in the version that is stored, and what comes
 * in and goes out is converted at the edge.
 *
 * A body waits until it is in the stored version; an answer, or the event of a watch, is held back until all objects in it are in the
 * version that was asked for, and what comes after it waits its turn.
 * What we leave out: upstream keeps a cache for each version and asks once for each revision, we ask for each answer; a patch
 * starts from the cache and is not tried again after a conflict; bodies are defaulted and validated by the schema of the stored
 * version; policies and webhooks see that version; `scale` is read from it.
 * Where to read upstream: apiextensions-apiserver `pkg/apiserver/{conversion,customresource_handler.go}`.
 */
import type { HttpResponse, WatchMessage } from '#cluster/api/http.ts'
import { deepFreeze } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, keyOf, listKindOf, storedAs } from '#cluster/api/resources.ts'
import type { KubernetesObject, List } from '#cluster/api/types.ts'
import type { Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import { placeOf } from '../admission/webhooks/calling.ts'
import { definitionNamed } from '../extensions/custom-resources.ts'
import { decodeBody } from '../decoding/decoding.ts'
import { newUid } from '../handlers/names.ts'
import type { Ended } from '../outgoing.ts'
import { ask } from '../outgoing.ts'
import { asInvalidPatch, patched } from '../handlers/patches.ts'
import { answer, refuse } from '../handlers/responses.ts'
import type { PendingRequest, State } from '../state.ts'
import { internal, notFound } from '../status.ts'
import type { View } from '../handlers/views.ts'
import { shaped, shapedEvent } from '../handlers/views.ts'
import { watchClosed } from '../watch/watch-requests.ts'
import { moveTo, startWrite } from '../handlers/writes.ts'
import { convertedBy, reviewOf } from './conversion-review.ts'
import type { Conversion, Outgoing, Translation } from './pending.ts'

const TIMEOUT_SECONDS = 30

type Purpose = Extract<Ended['purpose'], { type: 'conversion' }>

/** Whether requests for it are served in another way than by their own version. */
export const isTranslated = ({ custom }: Resource, subresource: string): boolean => custom?.converts === true && subresource !== 'scale' // prettier-ignore

/** From now on, what goes out on that stream is in that version. */
export function translate(state: State, stream: StreamId, asked: Resource, view: View | undefined): void {
  state.translations.set(stream, { asked, view, conversion: undefined, waiting: [], begun: false })
}

function startConversion(
  state: State,
  stream: StreamId,
  step: Purpose['step'],
  version: string,
  objects: readonly KubernetesObject[],
  ctx: Context,
): Effect[] | string {
  const translation = state.translations.get(stream)!
  const definition = definitionNamed(state, translation.asked.custom!.definition)
  const config = definition?.spec.conversion?.webhook?.clientConfig
  const found = placeOf(state, config ?? {})
  const timeout = `${TIMEOUT_SECONDS}s`
  const url = `${found.url}?timeout=${timeout}`
  const conversion: Conversion = { uid: newUid(ctx), version, objects: objects.map((one) => deepFreeze(one)) }
  state.translations.set(stream, { ...translation, conversion })
  ctx.note('conversion', { definition: translation.asked.custom!.definition, to: version, objects: objects.length })
  if (typeof found.target === 'string') {
    const error = `Post ${JSON.stringify(url)}: ${found.target}`
    return convertedBy(conversion, undefined, error) as string
  }
  const request = reviewOf(conversion, found.path, timeout)
  return ask(state, found.target, request, { type: 'conversion', stream, step, url }, TIMEOUT_SECONDS * 1e6, ctx)
}

// ── what comes in ───────────────────────────────────────────────────────────────────────────────────────────────────

const inStored = (row: PendingRequest): PendingRequest => ({ ...row, view: undefined, info: { ...row.info, resource: storedAs(row.info.resource) } }) // prettier-ignore

/** A write: with its body in the stored version, or without any. */
export function startTranslated(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { body } = row.request
  const { resource, verb } = row.info
  const isObject = verb !== 'delete' && typeof body === 'object' && body !== null
  if (!isObject || resource === storedAs(resource)) return startWrite(state, inStored(row), ctx)
  const object = { ...body, apiVersion: apiVersionOf(resource), kind: resource.kind } as KubernetesObject
  return wait(state, row, 'body', apiVersionOf(storedAs(resource)), object, ctx)
}

function wait(
  state: State,
  row: PendingRequest,
  step: 'body' | 'origin',
  version: string,
  object: KubernetesObject,
  ctx: Context,
): Effect[] {
  // prettier-ignore
  const waiting = moveTo(state, row, 'webhook')
  const started = startConversion(state, row.id, step, version, [{ ...object, metadata: object.metadata ?? {} }], ctx)
  return typeof started === 'string' ? refuse(state, waiting, internal(started)) : started
}

/** A patch is applied to the object as its client knows it; what comes of that is an update. */
export function startTranslatedPatch(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { resource, namespace, name } = row.info
  const key = resource.namespaced ? `${namespace}/${name}` : name
  const current = state.caches[keyOf(storedAs(resource))]?.objects.get(key)
  if (!current) return refuse(state, row, notFound(resource, name))
  if (current.apiVersion === apiVersionOf(resource)) return patchFrom(state, row, current, ctx)
  return wait(state, row, 'origin', apiVersionOf(resource), current, ctx)
}

function patchFrom(state: State, row: PendingRequest, current: KubernetesObject, ctx: Context): Effect[] {
  const outcome = patched(row.info, row.request, current)
  if ('refused' in outcome) return refuse(state, row, outcome.refused)
  const decoded = decodeBody(state.schemas, row, outcome.object)
  if ('refused' in decoded) return refuse(state, row, asInvalidPatch(row.request, outcome.object, decoded))
  const { body, warnings } = decoded
  const info = { ...row.info, verb: 'update' as const }
  return startTranslated(state, { ...row, info, request: { ...row.request, body }, warnings: [...(row.warnings ?? []), ...warnings] }, ctx) // prettier-ignore
}

// ── what goes out ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Effects that have been here already. */
const finished = new WeakSet<Effect>()

/** All effects of a step, with those that must wait for a conversion held back. */
export function translateOut(state: State, effects: Effect[], ctx: Context): Effect[] {
  return effects.flatMap((effect) => {
    const isOut = effect.type === 'close' || effect.type === 'write'
    if (!isOut || finished.has(effect) || !state.translations.has(effect.stream)) return [effect]
    const translation = state.translations.get(effect.stream)!
    if (translation.waiting.length === 0) return handOver(state, effect, ctx)
    state.translations.set(effect.stream, { ...translation, waiting: [...translation.waiting, effect] })
    return []
  })
}

/** The objects within, that are not yet as they are wanted. */
function foreign({ asked }: Translation, { body }: Outgoing): readonly KubernetesObject[] {
  const message = body as HttpResponse | WatchMessage | undefined
  const all = message?.type === 'watchEvent' ? [message.event.object as KubernetesObject] : message?.type === 'response' && message.status < 300 ? objectsOf(asked, message.body) : [] // prettier-ignore
  if (message?.type === 'watchEvent' && (message.event.type === 'BOOKMARK' || message.event.type === 'ERROR')) return []
  return all.filter(({ apiVersion }) => apiVersion !== apiVersionOf(asked))
}

function objectsOf(asked: Resource, body: unknown): readonly KubernetesObject[] {
  const { kind, items } = (body ?? {}) as Partial<List<KubernetesObject>>
  if (kind === asked.kind) return [body as KubernetesObject]
  return kind === listKindOf(asked) ? (items ?? []) : []
}

function handOver(state: State, effect: Outgoing, ctx: Context): Effect[] {
  const translation = state.translations.get(effect.stream)!
  const objects = foreign(translation, effect)
  if (objects.length === 0) return [finish(state, effect, [], [], ctx)]
  const started = startConversion(state, effect.stream, 'out', apiVersionOf(translation.asked), objects, ctx)
  if (typeof started === 'string') return fail(state, effect, started)
  state.translations.set(effect.stream, { ...state.translations.get(effect.stream)!, waiting: [effect] })
  return started
}

/** As it leaves. @param to what each of the objects in `from` has become */
function finish(
  state: State,
  effect: Outgoing,
  from: readonly KubernetesObject[],
  to: readonly KubernetesObject[],
  ctx: Context,
): Effect {
  // prettier-ignore
  const { stream } = effect
  const translation = state.translations.get(stream)!
  const { asked, view, begun } = translation
  const become = new Map(from.map((one, i) => [one, to[i]!]))
  const done: Outgoing = { ...effect }
  const message = effect.body as HttpResponse | WatchMessage | undefined
  if (message?.type === 'watchEvent') {
    const { type, object } = message.event as { type: 'ADDED'; object: KubernetesObject }
    const now = become.get(object) ?? ((type as string) === 'BOOKMARK' ? { ...object, apiVersion: apiVersionOf(asked) } : object) // prettier-ignore
    Object.assign(done, { body: { type: 'watchEvent', event: shapedEvent(asked, view, { type, object: now }, ctx.now, !begun, state.schemas?.descriptions) } }) // prettier-ignore
    if (!begun && (type as string) !== 'BOOKMARK') state.translations.set(stream, { ...translation, begun: true })
  } else if (message?.type === 'response' && message.status < 300 && message.body !== undefined) {
    Object.assign(done, { body: { ...message, body: shaped(asked, view, exchanged(asked, message.body, become), ctx.now, state.schemas?.descriptions) } }) // prettier-ignore
  }
  if (effect.type === 'close') state.translations.delete(stream)
  finished.add(done)
  return done
}

function exchanged(asked: Resource, body: any, become: ReadonlyMap<KubernetesObject, KubernetesObject>): unknown {
  if (body.kind === asked.kind) return become.get(body) ?? body
  if (body.kind !== listKindOf(asked)) return body
  const items = (body as List<KubernetesObject>).items.map((one) => become.get(one) ?? one)
  return { ...body, apiVersion: apiVersionOf(asked), items }
}

/** An answer becomes an error; a watch ends with one. */
function fail(state: State, effect: Outgoing, why: string): Effect[] {
  const { stream } = effect
  state.translations.delete(stream)
  const status = internal(why)
  if (effect.type === 'close') return [answer(stream, status.code, status)]
  const body = { type: 'watchEvent', event: { type: 'ERROR', object: status } } as WatchMessage
  return [{ type: 'write', stream, body }, { type: 'close', stream }, ...watchClosed(state, stream)]
}

// ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export function conversionAnswered(state: State, purpose: Purpose, { response, error }: Ended, ctx: Context): Effect[] {
  const { stream, step, url } = purpose
  const translation = state.translations.get(stream)
  if (!translation?.conversion) return []
  const { conversion } = translation
  const objects = convertedBy(conversion, response, `Post ${JSON.stringify(url)}: ${error}`)
  state.translations.set(stream, { ...translation, conversion: undefined })
  if (step === 'out') return heldBack(state, stream, objects, ctx)
  const row = state.requests.get(stream)
  if (!row) return []
  if (typeof objects === 'string') return refuse(state, row, internal(objects))
  if (step === 'origin') return patchFrom(state, row, objects[0]!, ctx)
  return startWrite(state, inStored({ ...row, request: { ...row.request, body: objects[0] } }), ctx)
}

function heldBack(
  state: State,
  stream: StreamId,
  objects: readonly KubernetesObject[] | string,
  ctx: Context,
): Effect[] {
  // prettier-ignore
  const translation = state.translations.get(stream)!
  const [first, ...rest] = translation.waiting as [Outgoing, ...Outgoing[]]
  state.translations.set(stream, { ...translation, waiting: [] })
  if (typeof objects === 'string') return fail(state, first, objects)
  const effects = [finish(state, first, foreign(translation, first), objects, ctx)]
  for (const [i, effect] of rest.entries()) {
    effects.push(...handOver(state, effect, ctx))
    const now = state.translations.get(stream)
    if (!now || now.waiting.length === 0) continue
    state.translations.set(stream, { ...now, waiting: [...now.waiting, ...rest.slice(i + 1)] })
    break
  }
  return effects
}
