/**
 * deletecollection: a list, and a deletion for each of its objects.
 *
 * Where to read upstream: apiserver `pkg/registry/generic/registry/store.go` (DeleteCollection).
 */
import { apiVersionOf, keyOf, listKindOf } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { decodeContinue, encodeContinue } from './continue-token.ts'
import { refuse, respond } from './responses.ts'
import { parseSelection, selects } from './selectors.ts'
import type { PendingRequest, State } from '../state.ts'
import { badRequest } from '../status.ts'
import { listOptionsProblem, versionProblem } from '../validation/list-options.ts'
import { objectsIn } from '../watch/watch-cache.ts'
import { moveTo, startWrite } from './writes.ts'

const keyIn = ({ metadata }: KubernetesObject): string => `${metadata.namespace}/${metadata.name}`

/** Of a page, only what is on it is deleted. */
export function startDeleteCollection(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { info, request } = row
  const { resourceVersion = '', continue: token = '', limit = '' } = request.query ?? {}
  const wrong = listOptionsProblem(request.query ?? {}, false) ?? versionProblem(resourceVersion, true)
  if (wrong) return refuse(state, row, wrong)
  const selection = parseSelection(info.resource, info.namespace, '', request.query)
  if (typeof selection === 'string') return refuse(state, row, badRequest(selection))
  const cache = state.caches[keyOf(info.resource)]!
  const start = token === '' ? undefined : decodeContinue(token)
  if (typeof start === 'string') return refuse(state, row, badRequest(`invalid continue token: ${start}`))
  const most = Number(limit) > 0 ? Number(limit) : Infinity
  const items: KubernetesObject[] = []
  let next: string | undefined
  let isWhole = true
  for (const object of objectsIn(cache, selection.namespace, selection.node)) {
    const key = info.namespace === '' && info.resource.namespaced ? keyIn(object) : object.metadata.name
    if ((start && key < start.start) || !selects(selection, object)) continue
    isWhole = items.length < most
    if (!isWhole) break
    items.push(object)
    next = `${key}\0`
  }
  const listed = Object.freeze({
    apiVersion: apiVersionOf(info.resource),
    kind: listKindOf(info.resource),
    metadata: Object.freeze({
      resourceVersion: String(cache.revision),
      ...(!isWhole && next && { continue: encodeContinue({ revision: cache.revision, start: next }) }),
    }),
    items: Object.freeze(items),
  })
  if (items.length === 0) return respond(state, row, 200, listed)
  moveTo(state, row, 'children', { children: items.length, listed })
  return items.flatMap((object) => {
    const { name, namespace = '' } = object.metadata
    const child: PendingRequest = {
      id: ctx.id(),
      stream: undefined,
      parent: row.id,
      info: { ...info, verb: 'delete', namespace, name },
      request,
      user: row.user,
      stage: 'origin',
      arrived: row.arrived,
      deadline: row.deadline,
      attempts: 0,
    }
    state.requests.set(child.id, child)
    return startWrite(state, child, ctx)
  })
}
