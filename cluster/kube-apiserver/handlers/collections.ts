/**
 * deletecollection: a list, and a deletion for each of its objects.
 *
 * Where to read upstream: apiserver `pkg/registry/generic/registry/store.go` (DeleteCollection).
 */
import { apiVersionOf, keyOf, listKindOf } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { refuse, respond } from './responses.ts'
import { parseSelection, selects } from './selectors.ts'
import type { PendingRequest, State } from '../state.ts'
import { badRequest } from '../status.ts'
import { listOptionsProblem } from '../validation/list-options.ts'
import { objectsIn } from '../watch/watch-cache.ts'
import { moveTo, startWrite } from './writes.ts'

export function startDeleteCollection(state: State, row: PendingRequest, ctx: Context): Effect[] {
  const { info, request } = row
  const wrong = listOptionsProblem(request.query ?? {}, false)
  if (wrong) return refuse(state, row, wrong)
  const selection = parseSelection(info.resource, info.namespace, '', request.query)
  if (typeof selection === 'string') return refuse(state, row, badRequest(selection))
  const cache = state.caches[keyOf(info.resource)]!
  const items: KubernetesObject[] = []
  for (const object of objectsIn(cache, selection.namespace, selection.node))
    if (selects(selection, object)) items.push(object)
  const listed = Object.freeze({
    apiVersion: apiVersionOf(info.resource),
    kind: listKindOf(info.resource),
    metadata: Object.freeze({ resourceVersion: String(cache.revision) }),
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
