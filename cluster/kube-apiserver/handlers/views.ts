/**
 * The shapes in which an answer can leave: objects as they are, in another version of their kind, as rows of a Table, or
 * with nothing but their metadata.
 *
 * Where to read upstream: apiserver `pkg/endpoints/handlers/response.go`; apimachinery `pkg/apis/meta/v1/types.go` (Table).
 */
import type { HttpRequest } from '#cluster/api/http.ts'
import { columnDescription } from '#cluster/api/printers/column-descriptions.ts'
import type { Printer } from '#cluster/api/printers/printer.ts'
import { printerOf } from '#cluster/api/printers/printers.ts'
import { SCALE } from '#cluster/api/printers/workloads.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { listKindOf, storedAs } from '#cluster/api/resources.ts'
import type { Descriptions } from '#cluster/api/schema/schema.ts'
import type { KubernetesObject, List, Pod, Status, WatchEvent } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import { fromStored, isStoredAsSeen } from '../conversion/conversion.ts'
import { mediaTypes } from '../chain/negotiation.ts'
import { notShown } from '../status.ts'

/** A shape other than the objects themselves. */
export interface View {
  readonly as: 'Table' | 'PartialObjectMetadata'
  /** What it was asked for as: an object and a list of objects have two names. */
  readonly isOfList?: boolean
  readonly version: 'v1' | 'v1beta1'
  /** What stands beside the cells of a row. */
  readonly includeObject: 'None' | 'Metadata' | 'Object'
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf'

/** Undefined: the objects as they are. */
export function viewOf({ headers, query }: HttpRequest): View | undefined {
  const accept = headers?.['accept']
  if (accept === undefined || !accept.includes('as=')) return undefined
  for (const { type, parameters } of mediaTypes(accept)) {
    const { as, g, v } = parameters
    if (as === undefined) return undefined
    // In protobuf there is metadata, and no Table.
    const isKnown = type === 'application/json' || (type === PROTOBUF && as !== 'Table')
    if (!isKnown || g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) continue
    if (as === 'Table') {
      const given = query?.['includeObject']
      const includeObject = given === 'None' || given === 'Object' ? given : 'Metadata'
      return { as, version: v, includeObject }
    }
    if (as.startsWith('PartialObjectMetadata'))
      return { as: 'PartialObjectMetadata', isOfList: as.endsWith('List'), version: v, includeObject: 'None' }
  }
  return undefined
}

const isListOf = (resource: Resource, body: { kind?: string }): body is List<KubernetesObject> =>
  body.kind === listKindOf(resource)

/** Go's package of a group's types: `core`, `apps`, `rbac`. */
const packageOf = (group: string): string => (group === '' || group === 'events.k8s.io' ? 'core' : group.split('.')[0]!)

/** The refusal to show an object as a list, or a list as an object. */
export function shapeProblem(resource: Resource, view: View | undefined, body: { kind?: string }): Status | undefined {
  if (view?.as !== 'PartialObjectMetadata') return undefined
  const isList = isListOf(resource, body)
  if (isList === view.isOfList || (!isList && body.kind !== resource.kind)) return undefined
  const of = resource.custom ? `unstructured.Unstructured${isList ? 'List' : ''}` : `${packageOf(resource.group)}.${body.kind}` // prettier-ignore
  return notShown(`you requested PartialObjectMetadata${view.isOfList ? 'List' : ''}, but the requested object is ${isList ? 'a' : 'not a'} list (*${of})`) // prettier-ignore
}

/** An object or a list, as it is stored, in the shape that was asked for. */
export function shaped(
  resource: Resource,
  view: View | undefined,
  body: any,
  now: Micros,
  descriptions?: Descriptions,
): unknown {
  if (view === undefined && isStoredAsSeen(resource)) return body
  const isList = isListOf(resource, body)
  const isScale = view !== undefined && body.kind === 'Scale'
  if (!isList && !isScale && body.kind !== resource.kind) return body
  const objects: readonly KubernetesObject[] = isList ? body.items : [body]
  if (view?.as === 'Table') {
    const metadata = isList ? body.metadata : metadataOf(body)
    return tableOf({ resource, view, objects, metadata, now, descriptions })
  }
  const items = objects.map((object) => (view ? partial(view, object) : fromStored(resource, object)))
  if (!isList) return Object.freeze(items[0])
  const kind = view && { apiVersion: `meta.k8s.io/${view.version}`, kind: 'PartialObjectMetadataList' }
  return Object.freeze({ ...body, ...kind, items: Object.freeze(items) })
}

const metadataOf = ({ metadata }: KubernetesObject): object => ({ resourceVersion: metadata.resourceVersion })

/** What is known of an object without its content. */
export const partial = ({ version }: View, { metadata }: { readonly metadata: object }): KubernetesObject =>
  Object.freeze({ apiVersion: `meta.k8s.io/${version}`, kind: 'PartialObjectMetadata', metadata }) as KubernetesObject

interface Tabled {
  readonly resource: Resource
  readonly view: View
  readonly objects: readonly KubernetesObject[]
  readonly metadata: object
  readonly now: Micros
  /** What columns are for; undefined: nobody says. */
  readonly descriptions: Descriptions | undefined
}

function tableOf({ resource, view, objects, metadata, now, descriptions }: Tabled, withColumns = true): object {
  const printer = objects[0]?.kind === 'Scale' ? SCALE : printerOf(resource)
  const name = resource.custom ? '' : storedAs(resource).resource
  const columns = printer.columns.map(({ priority, description, ...column }) => ({
    ...column,
    description: description ?? columnDescription(name, column.name, descriptions),
    priority,
  }))
  return Object.freeze({
    kind: 'Table',
    apiVersion: `meta.k8s.io/${view.version}`,
    metadata,
    columnDefinitions: withColumns ? columns : null,
    rows: objects.map((object) => rowOf(resource, view, printer, object, now)),
  })
}

function rowOf(resource: Resource, view: View, printer: Printer, object: KubernetesObject, now: Micros): object {
  const beside =
    view.includeObject === 'Object'
      ? fromStored(resource, object)
      : view.includeObject === 'Metadata'
        ? partial(view, object)
        : undefined
  const conditions = rowConditions(object)
  return {
    cells: printer.cells(object, now),
    ...(conditions && { conditions }),
    ...(beside && { object: beside }),
  }
}

/** A Pod that has ended says so, so that it can be shown in another colour. */
function rowConditions(object: KubernetesObject): readonly object[] | undefined {
  if (object.kind !== 'Pod') return undefined
  const { phase } = (object as Pod).status ?? {}
  if (phase === 'Succeeded') return [completed(phase, 'The pod has completed successfully.')]
  return phase === 'Failed' ? [completed(phase, 'The pod failed.')] : undefined
}

const completed = (reason: string, message: string): object => ({ type: 'Completed', status: 'True', reason, message })

/** One event of a watch. @param isFirst Tables name their columns once, in the first event */
export function shapedEvent(
  resource: Resource,
  view: View | undefined,
  event: WatchEvent<KubernetesObject>,
  now: Micros,
  isFirst: boolean,
  descriptions?: Descriptions,
): WatchEvent<any> {
  const { type, object } = event
  if (type === 'ERROR') return event
  if (type === 'BOOKMARK') return event
  const body =
    view?.as === 'Table'
      ? tableOf({ resource, view, objects: [object], metadata: metadataOf(object), now, descriptions }, isFirst)
      : shaped(resource, view, object, now)
  return Object.freeze({ type, object: body as KubernetesObject })
}
