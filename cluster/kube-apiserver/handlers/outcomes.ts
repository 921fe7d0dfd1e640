/** What a write answers once it is done. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Effect } from '#cluster/kernel/component.ts'
import { strategyOf } from '../registry/registry.ts'
import type { PendingRequest, State } from '../state.ts'
import * as status from '../status.ts'
import { withRevision } from '../storage/keys.ts'
import { isEviction } from '../subresources/evictions.ts'
import { scaleOf } from '../subresources/scale.ts'
import { respond } from './responses.ts'

/** @param revision of the write; undefined where nothing has been written */
export function answerCommitted(state: State, row: PendingRequest, revision: number | undefined): Effect[] {
  const versioned = (object: KubernetesObject) => (revision === undefined ? object : withRevision(object, revision))
  const { info, wanted, origin } = row
  if (info.subresource === 'binding' || isEviction(row)) return respond(state, row, 201, status.success(201))
  if (wanted) {
    const code = origin === undefined ? 201 : 200
    return respond(state, row, code, shown(row, versioned(wanted)))
  }
  const { object } = origin!
  if (info.verb === 'delete' && !strategyOf(info.resource).returnsDeletedObject) {
    return respond(state, row, 200, status.deleted(info.resource, info.name, object.metadata.uid))
  }
  return respond(state, row, 200, versioned(object))
}

/** The object, as its path shows it. */
export const shown = (row: PendingRequest, object: KubernetesObject): KubernetesObject =>
  row.info.subresource === 'scale' ? scaleOf(row.info.resource, object) : object
