/**
 * The tree as the house rules see it: paths from the project's root with forward slashes, and texts. A rule takes these
 * and returns complaints, so that a test can hand it a planted violation as easily as the real tree.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

export interface Source {
  /** From the root: `cluster/kernel/queue.ts`. */
  path: string
  text: string
}

/** One broken rule. */
export interface Complaint {
  /** The rule's short name, as exceptions.ts knows it. */
  rule: string
  path: string
  /** From 1. */
  line: number
  /** What is wrong, why it matters, and what to do instead. */
  message: string
}

/** Folders that hold no source of ours. */
const NOT_OURS = new Set(['node_modules', '.git', 'dist', '.astro', '.cache', 'test-results'])
const GENERATED = new Set(['public/ed', 'package-lock.json', 'LICENSE', 'THIRD-PARTY-NOTICES.txt'])
const TEXT = /(?:\.(?:astro|css|html|js|json|md|mdx|mjs|sh|svg|toml|ts|tsx|txt|yaml|yml)|\/run|ignore|\.gitattributes)$/

/** Reads every text file of ours beneath `root`, in the order of their paths. */
export function readTree(root: string): Source[] {
  const sources: Source[] = []
  const visit = (folder: string): void => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (NOT_OURS.has(entry.name) || GENERATED.has(path)) continue
      if (entry.isDirectory()) visit(path)
      else if (TEXT.test(`/${path}`)) sources.push({ path, text: readFileSync(join(root, path), 'utf8') })
    }
  }
  visit('')
  return sources
}

export const isTest = (path: string): boolean => /\.test(?:-[a-z-]+)?\.ts$/.test(path)
export const isScript = (path: string): boolean => /\.(?:ts|mjs|js|tsx)$/.test(path)

/** The parts of an Astro page or MDX file that are scripts, everything else blanked, so that lines stay the same. */
function scriptsWithin({ path, text }: Source): string {
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ')
  if (path.endsWith('.mdx'))
    return text
      .split('\n')
      .map((line) => (/^(?:import|export) .*from ['"]/.test(line) ? line : ''))
      .join('\n')
  const kept = /^---\n([\s\S]*?)\n---|<script\b[^>]*>([\s\S]*?)<\/script>/gm
  let result = ''
  let end = 0
  for (const match of text.matchAll(kept)) {
    const body = match[1] ?? match[2] ?? ''
    const start = match.index + match[0].indexOf(body)
    result += blank(text.slice(end, start)) + body
    end = start + body.length
  }
  return result + blank(text.slice(end))
}

const parsed = new WeakMap<Source, ts.SourceFile>()

/** A file's syntax tree; for .astro and .mdx that of the scripts inside. */
export function parse(source: Source): ts.SourceFile {
  const known = parsed.get(source)
  if (known) return known
  const text = isScript(source.path) ? source.text : scriptsWithin(source)
  const tree = ts.createSourceFile(`${source.path}.ts`, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)
  parsed.set(source, tree)
  return tree
}

/** Calls `visit` for each node of the file, parents first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

/** A node's line, from 1. */
export const lineOf = (node: ts.Node): number =>
  node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1
