/**
 * Tables as the server makes them: what is asked for kinds whose columns only the server knows.
 *
 * Where to read upstream: cli-runtime `pkg/resource/query_param_verifier.go`; kubectl `pkg/cmd/get/table_printer.go`.
 */
import type { Cell, Column, Printer } from '#cluster/api/printers/printer.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { ApiRequest } from '#cluster/client/api-client.ts'
import { isLearnt } from '../discovery.ts'

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json' // prettier-ignore

interface ServerTable {
  readonly kind: 'Table'
  /** Only the first of a watch has them. */
  readonly columnDefinitions: readonly Column[] | null
  readonly rows: readonly { readonly cells: readonly Cell[]; readonly object: KubernetesObject }[]
}

/** The same request, for a table with the objects in its rows. */
export const asTable = (request: ApiRequest): ApiRequest => ({
  ...request,
  query: { ...request.query, includeObject: 'Object' },
  headers: { ...request.headers, accept: TABLE },
})

/** The same where the kind is not built in. */
export const asPrinted = (resource: Resource, request: ApiRequest): ApiRequest =>
  isLearnt(resource) ? asTable(request) : request

export const isTable = (body: unknown): body is ServerTable => (body as Partial<ServerTable> | undefined)?.kind === 'Table' // prettier-ignore

export const objectsOf = ({ rows }: ServerTable): readonly KubernetesObject[] => rows.map(({ object }) => object)

/** Prints the objects of a table as its rows do. @param columns of the table before, where this one is silent of them */
export function printerFrom({ rows, columnDefinitions }: ServerTable, columns: readonly Column[] = []): Printer {
  const cells = new Map(rows.map(({ object, cells }) => [object, cells]))
  return { columns: columnDefinitions ?? columns, cells: (object: KubernetesObject) => cells.get(object) ?? [] }
}

/** What is not there leaves its cell empty. */
export const cellText = (cell: Cell | undefined): string => (cell === null || cell === undefined ? '' : String(cell))
