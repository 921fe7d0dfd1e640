/**
 * All house rules over one tree, less the exceptions.
 */
import { checkBans } from './bans.ts'
import type { Exception } from './exceptions.ts'
import type { Manifest } from './imports.ts'
import { checkCycles, checkLayers } from './layers.ts'
import type { Row } from './layers.ts'
import { checkEntries, checkHeaders, checkLeftBehind, checkNames, checkSizes, checkSkips } from './shape.ts'
import { isTest } from './source.ts'
import type { Complaint, Source } from './source.ts'

export interface House {
  sources: Source[]
  rows: Row[]
  manifest: Manifest
  exceptions: Exception[]
}

/** `cluster/etcd/mvcc.ts:12 uses Date; … [bans]` */
export const print = ({ path, line, message, rule }: Complaint): string => `${path}:${line} ${message} [${rule}]`

/** @returns what the tree does wrong, in the order of paths */
export function inspect({ sources, rows, manifest, exceptions }: House): Complaint[] {
  const { complaints, edges } = checkLayers(sources, rows, manifest)
  const real = new Map([...edges].filter(([path]) => !isTest(path)))
  complaints.push(...checkCycles(real), ...checkEntries(sources))
  for (const check of [checkBans, checkNames, checkSizes, checkHeaders, checkSkips, checkLeftBehind])
    complaints.push(...sources.flatMap(check))

  const used = new Set<Exception>()
  const kept = complaints.filter(({ rule, path }) => {
    const exception = exceptions.find(
      (one) => one.rule === rule && (one.path === path || (one.path.endsWith('/') && path.startsWith(one.path))),
    )
    if (exception) used.add(exception)
    return !exception
  })
  for (const { rule, path } of exceptions.filter((one) => !used.has(one)))
    kept.push({
      rule,
      path,
      line: 1,
      message: 'has an exception that nothing needs: delete it from scripts/house/exceptions.ts.',
    })
  return kept.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line))
}
