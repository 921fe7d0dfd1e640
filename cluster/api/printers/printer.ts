/**
 * How a kind is printed as a row of a table: its columns, and what stands in them.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/printers/{interface,tablegenerator}.go`.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import type { Container, KubernetesObject } from '../types.ts'
import { ageOf } from './human-duration.ts'

export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format: '' | 'name'
  /** 1: only where there is room for more (`-o wide`). */
  readonly priority: 0 | 1
  readonly description?: string
}

/** Null: there is nothing to show. */
export type Cell = string | number | boolean | null

export interface Printer {
  readonly columns: readonly Column[]
  /** One cell for each column. */
  cells(object: any, now: Micros): readonly Cell[]
}

const COLUMN = /^(.*?)(?::(integer|boolean|date|named))?(\+)?$/

/** `Name` · `Desired:integer` · `Attacher:named` (what stands there is a name) · `Node+` (only where there is room for more). */
function column(text: string): Column {
  const [, name = '', told = 'string', wide] = COLUMN.exec(text)!
  const isName = told === 'named' || name === 'Name'
  return Object.freeze({
    name,
    type: told === 'named' ? 'string' : (told as Column['type']),
    format: isName ? 'name' : '',
    priority: wide ? 1 : 0,
  })
}

export const printer = (columns: readonly string[], cells: Printer['cells']): Printer => ({
  columns: Object.freeze(columns.map(column)),
  cells,
})

// ── what cells are made of ──────────────────────────────────────────────────────────────────────────────────────────

export const NONE = '<none>'
export const UNKNOWN = '<unknown>'
export const UNSET = '<unset>'

export const age = (object: KubernetesObject, now: Micros): string => ageOf(object.metadata.creationTimestamp, now)
export const orNone = (text: string | undefined): string => (text === undefined || text === '' ? NONE : text)
export const yesOrNo = (value: boolean | undefined): string => (value ? 'True' : 'False')

export const labelsText = (labels: Readonly<Record<string, string>> | undefined): string =>
  orNone(
    Object.entries(labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(','),
  )

type Template = { readonly spec?: { readonly containers?: readonly Container[] } } | undefined

/** Names and images of a template's containers. */
export function containersOf(template: Template): [names: string, images: string] {
  const containers = template?.spec?.containers ?? []
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image).join(',')]
}

/** `a,b,c + 2 more...` */
export function firstThree(texts: readonly string[], nothing: string): string {
  if (texts.length === 0) return nothing
  const shown = texts.slice(0, 3).join(',')
  return texts.length > 3 ? `${shown} + ${texts.length - 3} more...` : shown
}
