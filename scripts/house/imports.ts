/**
 * What a file imports, by TypeScript's own parser: import and export declarations, `import()`, `import('…')` types and
 * `new URL('…', import.meta.url)` (how a page names a worker); and what each specifier leads to.
 */
import ts from 'typescript'
import { lineOf, parse, walk } from './source.ts'
import type { Source } from './source.ts'

export interface Import {
  specifier: string
  line: number
  /** True when nothing of it is left after types are erased. */
  typeOnly: boolean
}

/** Where a specifier leads: a file of ours, a package, or nowhere. */
export type Target = { file: string } | { package: string } | { missing: string }

const text = (node: ts.Node | undefined): string | undefined =>
  node && ts.isStringLiteralLike(node) ? node.text : undefined

function declaredTypeOnly(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause
  if (!clause) return false
  if (clause.isTypeOnly) return true
  const named = clause.namedBindings
  if (clause.name || !named || !ts.isNamedImports(named)) return false
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly)
}

function importOf(node: ts.Node): { specifier?: string; typeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node)) return { specifier: text(node.moduleSpecifier), typeOnly: declaredTypeOnly(node) }
  if (ts.isExportDeclaration(node)) return { specifier: text(node.moduleSpecifier), typeOnly: node.isTypeOnly }
  if (ts.isImportTypeNode(node))
    return { specifier: ts.isLiteralTypeNode(node.argument) ? text(node.argument.literal) : undefined, typeOnly: true }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return { specifier: text(node.arguments[0]), typeOnly: false }
  if (ts.isNewExpression(node) && node.expression.getText() === 'URL' && node.arguments?.[1]) {
    const specifier = text(node.arguments[0])
    const relative =
      node.arguments[1].getText() === 'import.meta.url' && specifier && /\.(?:ts|mjs|js)$/.test(specifier)
    return relative
      ? { specifier: specifier.startsWith('.') ? specifier : `./${specifier}`, typeOnly: false }
      : undefined
  }
  return undefined
}

/** @returns the file's imports in source order */
export function importsOf(source: Source): Import[] {
  const found: Import[] = []
  walk(parse(source), (node) => {
    const one = importOf(node)
    if (one?.specifier !== undefined)
      found.push({ specifier: one.specifier, line: lineOf(node), typeOnly: one.typeOnly })
  })
  return found
}

/** `a/b/../c` → `a/c`. */
function joinPath(folder: string, relative: string): string {
  const parts = folder === '' ? [] : folder.split('/')
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** Follows `"./*": "./grader/modules/*.d.ts"` of package.json's "exports" and "imports". */
function follow(patterns: Record<string, unknown>, key: string): string | undefined {
  for (const [pattern, target] of Object.entries(patterns)) {
    const [before = '', after] = pattern.split('*')
    const fits = after === undefined ? key === pattern : key.startsWith(before) && key.endsWith(after)
    if (!fits) continue
    const path = typeof target === 'string' ? target : (target as Record<string, string>)['types']
    const middle = after === undefined ? '' : key.slice(before.length, key.length - after.length)
    return path?.replace('*', middle).replace(/^\.\//, '')
  }
  return undefined
}

/** The part of package.json that decides where a specifier leads. */
export interface Manifest {
  name: string
  imports?: Record<string, unknown>
  exports?: Record<string, unknown>
}

/**
 * @param from the importing file
 * @param exists tells whether a path from the root is a file
 */
export function resolve(
  specifier: string,
  from: string,
  manifest: Manifest,
  exists: (path: string) => boolean,
): Target {
  const asked = specifier.replace(/\?.*$/, '')
  let path: string | undefined
  if (asked.startsWith('.')) path = joinPath(from.slice(0, Math.max(0, from.lastIndexOf('/'))), asked)
  else if (asked.startsWith('/')) path = joinPath('public', asked.slice(1))
  else if (asked.startsWith('#')) path = follow(manifest.imports ?? {}, asked)
  else if (asked === manifest.name || asked.startsWith(`${manifest.name}/`))
    path = follow(manifest.exports ?? {}, `.${asked.slice(manifest.name.length)}`)
  else {
    const scoped = asked.startsWith('@') ? 2 : 1
    return { package: asked.includes(':') ? asked : asked.split('/').slice(0, scoped).join('/') }
  }
  return path !== undefined && exists(path) ? { file: path } : { missing: path ?? asked }
}
