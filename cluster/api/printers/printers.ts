/**
 * The printer of each kind.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/printers/internalversion/printers.go`; apiserver
 * `pkg/registry/rest/table.go` (kinds without columns of their own).
 */
import type { Resource } from '../resources.ts'
import { storedAs } from '../resources.ts'
import { CORE } from './core.ts'
import { NETWORKING } from './networking.ts'
import { DEFAULT, POLICIES } from './policies.ts'
import { customPrinter } from './custom.ts'
import type { Printer } from './printer.ts'
import { STORAGE } from './storage.ts'
import { WORKLOADS } from './workloads.ts'

const PRINTERS: Readonly<Record<string, Printer>> = { ...CORE, ...WORKLOADS, ...NETWORKING, ...STORAGE, ...POLICIES }

/** It prints objects as they are stored. */
export function printerOf(resource: Resource): Printer {
  if (resource.custom) return customPrinter(resource.custom)
  const { resource: name } = storedAs(resource)
  return Object.hasOwn(PRINTERS, name) ? PRINTERS[name]! : DEFAULT
}
