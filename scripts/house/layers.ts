/**
 * The layers: the table in ARCHITECTURE.md that people read is the one that holds. Each row is a folder (or a pattern
 * of files), what it may import besides itself, and which packages.
 */
import { importsOf, resolve } from './imports.ts'
import type { Manifest } from './imports.ts'
import { isTest } from './source.ts'
import type { Complaint, Source } from './source.ts'

export interface Row {
  /** `cluster/kernel`, `cluster/cluster.ts` or a pattern: `cluster/**\/*.test.ts`. */
  folder: string
  mayImport: string[]
  /** Package names; `node:*` for Node's own, `*` for any. */
  packages: string[]
}

const codes = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!)

/** @returns the rows of the page's table whose columns are Folder, What, May import, Packages */
export function readLayers(page: string): Row[] {
  const lines = page.split('\n')
  const start = lines.findIndex((line) => /^\|\s*Folder\s*\|.*May import.*\|.*Packages/.test(line))
  if (start < 0) throw new Error('ARCHITECTURE.md has no table with the columns Folder | What | May import | Packages.')
  const rows: Row[] = []
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break
    const [folders = '', , mayImport = '', packages = ''] = line.slice(1).split('|')
    for (const folder of codes(folders)) rows.push({ folder, mayImport: codes(mayImport), packages: codes(packages) })
  }
  return rows
}

/** `**` is any depth, `*` any name. */
function patternToRegExp(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  const body = escaped.replaceAll('**/', '\u0000').replaceAll('*', '[^/]*').replaceAll('\u0000', '(?:[^/]+/)*')
  return new RegExp(`^${body}$`)
}

const within = (path: string, folder: string): boolean =>
  folder.includes('*') ? patternToRegExp(folder).test(path) : path === folder || path.startsWith(`${folder}/`)

/** The row that rules a file: a pattern before a folder, the longer before the shorter. */
export function rowOf(path: string, rows: Row[]): Row | undefined {
  const fitting = rows.filter(({ folder }) => within(path, folder))
  const weight = ({ folder }: Row): number => folder.length + (folder.includes('*') ? 1000 : 0)
  return fitting.sort((a, b) => weight(b) - weight(a))[0]
}

/** The folders whose files the table must cover; the few files at the root are configuration. */
const covered = (path: string): boolean =>
  path.includes('/') &&
  /\.(?:ts|mjs|js|tsx|astro|mdx)$/.test(path) &&
  !path.startsWith('.') &&
  !path.startsWith('public/')

function packageAllowed(name: string, allowed: string[]): boolean {
  return allowed.some((one) => one === '*' || one === name || (one.endsWith(':*') && name.startsWith(one.slice(0, -1))))
}

/** What enters the sandbox; the rest of an exercise's folder is its checks and what they are made of. */
const isLearnerCode = (path: string): boolean => /\/(?:starter|solution)\.ts$/.test(path) || path.includes('/wrong/')

/** Learner code may import types alone, by the names that an author elsewhere would use. */
function exerciseComplaint(path: string, specifier: string, typeOnly: boolean): string | undefined {
  if (!path.startsWith('exercises/') || path.endsWith('.mdx') || isTest(path)) return undefined
  if (!specifier.startsWith('.') && !specifier.startsWith('clusterwright/'))
    return `imports ${specifier}: an exercise sees what an author elsewhere sees; import clusterwright/… instead.`
  if (!typeOnly && isLearnerCode(path))
    return `imports ${specifier} as a value: learner code enters the sandbox as one plain module; use import type.`
  return undefined
}

/** A tree's edges between files of ours, and the complaints about its imports. */
export function checkLayers(
  sources: Source[],
  rows: Row[],
  manifest: Manifest,
): { complaints: Complaint[]; edges: Map<string, string[]> } {
  const paths = new Set(sources.map(({ path }) => path))
  const complaints: Complaint[] = []
  const edges = new Map<string, string[]>()
  for (const source of sources.filter(({ path }) => covered(path))) {
    const { path } = source
    const row = rowOf(path, rows)
    const complain = (line: number, message: string): void => {
      complaints.push({ rule: 'layers', path, line, message })
    }
    if (!row) {
      complain(1, 'has no row in the layer table: add its folder to ARCHITECTURE.md, or move the file.')
      continue
    }
    const targets: string[] = []
    for (const { specifier, line, typeOnly } of importsOf(source)) {
      const target = resolve(
        specifier,
        path,
        manifest,
        (file) => paths.has(file) || !/\.(?:ts|mjs|js|astro|mdx)$/.test(file),
      )
      const exercise = exerciseComplaint(path, specifier, typeOnly)
      if (exercise) complain(line, exercise)
      if ('package' in target) {
        if (!packageAllowed(target.package, row.packages))
          complain(
            line,
            `imports the package ${target.package}, which ${row.folder} may not: list it with its reason in ARCHITECTURE.md, or do without.`,
          )
      } else if ('missing' in target) {
        complain(
          line,
          `imports ${specifier}, which is not a file (${target.missing}): correct the path; imports carry .ts.`,
        )
      } else {
        targets.push(target.file)
        const own = row.folder.includes('*') ? [] : [row.folder]
        if (![...own, ...row.mayImport].some((folder) => within(target.file, folder)))
          complain(
            line,
            `imports ${target.file}, which ${row.folder} may not (may: ${row.mayImport.join(', ') || 'nothing'}): components meet through the API server; move what both need to the layer beneath.`,
          )
      }
    }
    edges.set(path, targets)
  }
  return { complaints, edges }
}

/** Tarjan's strongly connected components: rings of files that import each other. */
export function checkCycles(edges: Map<string, string[]>): Complaint[] {
  const rings: string[][] = []
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const visit = (path: string): void => {
    index.set(path, index.size)
    low.set(path, index.get(path)!)
    stack.push(path)
    for (const next of edges.get(path) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(path, Math.min(low.get(path)!, low.get(next)!))
    }
    if (low.get(path) !== index.get(path)) return
    const ring = stack.splice(stack.indexOf(path))
    if (ring.length > 1 || edges.get(path)?.includes(path)) rings.push(ring)
  }
  for (const path of edges.keys()) if (!index.has(path)) visit(path)
  return rings
    .map((ring) => ring.toSorted())
    .map((ring) => ({
      rule: 'cycles',
      path: ring[0]!,
      line: 1,
      message: `is in a ring of imports (types count): ${ring.join(' ↔ ')}. Move what they share into a file beneath both.`,
    }))
}
