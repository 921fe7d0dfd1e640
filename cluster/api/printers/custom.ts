/**
 * Custom objects as rows: the name, and the columns that their definition asks for.
 *
 * Where to read upstream: apiextensions-apiserver `pkg/registry/customresource/tableconvertor/tableconvertor.go`.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import type { CustomVersion, PrinterColumn } from '../custom-version.ts'
import { valuesAt } from '../json-path.ts'
import { parseTime } from '../meta.ts'
import type { KubernetesObject } from '../types.ts'
import { humanDuration } from './human-duration.ts'
import type { Cell, Column, Printer } from './printer.ts'

const NAME: Column = Object.freeze({ name: 'Name', type: 'string', format: 'name', priority: 0 })

const printers = new WeakMap<CustomVersion, Printer>()

export function customPrinter(custom: CustomVersion): Printer {
  let printer = printers.get(custom)
  if (printer === undefined) printers.set(custom, (printer = make(custom)))
  return printer
}

const make = ({ columns }: CustomVersion): Printer => ({
  columns: [
    NAME,
    ...columns.map(({ name, type, format = '', description = '', priority = 0 }) => ({
      name: name.replace(/^./, (first) => first.toUpperCase()),
      type: type as Column['type'],
      format: format as Column['format'],
      description,
      priority: priority as Column['priority'],
    })),
  ],
  cells: (object: KubernetesObject, now: Micros) => [
    object.metadata.name,
    ...columns.map((column) => cellOf(column, object, now)),
  ],
})

function cellOf({ type, jsonPath }: PrinterColumn, object: KubernetesObject, now: Micros): Cell {
  const found = valuesAt(object, jsonPath)
  const [value] = found
  if (value === undefined || value === null) return null
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'string':
      return found.map(textOf).join(' ')
    case 'date': {
      const time = typeof value === 'string' ? parseTime(value) : undefined
      return time === undefined ? '<invalid>' : humanDuration(now - time)
    }
    default:
      return null
  }
}

const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))
