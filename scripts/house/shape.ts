/**
 * The shape of files: names that say where a thing lives, sizes that stay readable, headers that tell the truth about
 * a component, and nothing left behind (marks of unfinished work, tests that do not run, paths of one machine).
 */
import ts from 'typescript'
import { isScript, isTest, lineOf, parse, walk } from './source.ts'
import type { Complaint, Source } from './source.ts'

/** The four parts of a component's header. "What is simplified" on the site is made from the third. */
export const HEADER_PARTS = ['What the real one does', 'What we model', 'What we leave out', 'Where to read upstream']
export const FILE_LINES_MAX = 400
export const FUNCTION_LINES_MAX = 70

const CODE_FOLDERS = ['cluster/', 'grader/', 'exercises/', 'src/', 'scripts/', 'test/']
const isCode = (path: string): boolean => isScript(path) && CODE_FOLDERS.some((folder) => path.startsWith(folder))

/** No barrels, no drawers for everything. */
export function checkNames({ path }: Source): Complaint[] {
  const complain = (message: string): Complaint[] => [{ rule: 'names', path, line: 1, message }]
  if (isCode(path) && /(?:^|\/)index\.(?:ts|mjs|js|tsx)$/.test(path) && !path.startsWith('src/pages/'))
    return complain('is a barrel: import from the file that holds the thing, and name a file after what it holds.')
  const drawer = /(?:^|\/)(utils?|common|helpers?|misc|shared|lib)(?=\/|\.[a-z]+$)/.exec(path)
  if (drawer && isCode(path))
    return complain(
      `is in a drawer named "${drawer[1]}": put a helper beside its first user, under a name that says what it does.`,
    )
  return []
}

/** Files and functions that can be read at once. Tests are tables and stories: their functions may be long. */
export function checkSizes(source: Source): Complaint[] {
  const { path, text } = source
  if (!isCode(path) || path.endsWith('.d.ts')) return []
  const complaints: Complaint[] = []
  const lines = text.split('\n').length - 1
  if (lines > FILE_LINES_MAX && !isTest(path))
    complaints.push({
      rule: 'file-size',
      path,
      line: 1,
      message: `has ${lines} lines, more than ${FILE_LINES_MAX}: it holds more than one idea; split it, or argue in scripts/house/exceptions.ts.`,
    })
  if (isTest(path)) return complaints
  walk(parse(source), (node) => {
    if (!isFunctionWithBody(node)) return
    const length = ownLines(node)
    if (length <= FUNCTION_LINES_MAX) return
    const name = node.name?.getText() ?? 'a function'
    const message = `${name} has ${length} lines of its own, more than ${FUNCTION_LINES_MAX}: keep the control flow, move the straight lines into helpers.`
    complaints.push({ rule: 'function-size', path, line: lineOf(node), message })
  })
  return complaints
}

const isFunctionWithBody = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionLike(node) && 'body' in node && node.body !== undefined

const linesOf = (node: ts.Node): number => node.getText().split('\n').length

/** A function's lines less those of the functions inside it, which are measured by themselves. */
function ownLines(outer: ts.Node): number {
  let lines = linesOf(outer)
  const visit = (node: ts.Node): void => {
    if (isFunctionWithBody(node)) lines -= linesOf(node) - 1
    else ts.forEachChild(node, visit)
  }
  ts.forEachChild(outer, visit)
  return lines
}

/** An entry file repeats its folder: cluster/etcd/etcd.ts. */
const isEntry = (path: string): boolean => /^cluster\/([^/]+)\/\1\.ts$/.test(path)

/** A component's entry file opens with what it is, what it models and what it leaves out. */
export function checkHeaders({ path, text }: Source): Complaint[] {
  if (!isEntry(path)) return []
  const header = /^\s*(?:\/\*[\s\S]*?\*\/|(?:\/\/.*\n)+)/.exec(text)?.[0].toLowerCase() ?? ''
  return HEADER_PARTS.filter((part) => !header.includes(part.toLowerCase())).map((part) => ({
    rule: 'header',
    path,
    line: 1,
    message: `has no "${part}" in its header comment: a component opens with its four parts (${HEADER_PARTS.join(' · ')}).`,
  }))
}

/** Folders that hold no component: no binary bears their names. */
const LIBRARIES = new Set(['kernel', 'api', 'client', 'faults', 'scenarios'])

/** Every component's folder in cluster/ has the entry file whose name one would guess. */
export function checkEntries(sources: Source[]): Complaint[] {
  const paths = sources.map(({ path }) => path)
  const folders = new Set(paths.flatMap((path) => /^cluster\/([^/]+)\/.*\.ts$/.exec(path)?.[1] ?? []))
  const lacking = [...folders].filter(
    (folder) => !LIBRARIES.has(folder) && !paths.includes(`cluster/${folder}/${folder}.ts`),
  )
  return lacking.map((folder) => ({
    rule: 'entry',
    path: `cluster/${folder}`,
    line: 1,
    message: `has no ${folder}.ts: the entry file repeats its folder, so that one finds where to begin.`,
  }))
}

const SKIPPING = new Set(['only', 'skip', 'skipIf', 'runIf', 'todo', 'fails'])
const TEST_FUNCTIONS = new Set(['describe', 'it', 'test', 'suite'])

/** Tests that do not run, or keep others from running. */
export function checkSkips(source: Source): Complaint[] {
  if (!isTest(source.path)) return []
  const complaints: Complaint[] = []
  walk(parse(source), (node) => {
    if (!ts.isPropertyAccessExpression(node) || !SKIPPING.has(node.name.text)) return
    const root = node.expression.getText().split('.')[0]!
    if (!TEST_FUNCTIONS.has(root)) return
    const message = `uses ${root}.${node.name.text}: a test that does not run is missing, and what is missing is a failure; mend it or delete it.`
    complaints.push({ rule: 'skips', path: source.path, line: lineOf(node), message })
  })
  return complaints
}

/** Words and paths that nobody should read in a finished tree: [rule, pattern, message]. */
const LEFT_BEHIND: [string, RegExp, (found: string) => string][] = [
  [
    'marks',
    /\b(?:FIX[M]E|XX[X]|HAC[K])\b/,
    (mark) => `has the mark ${mark}: finish it, or say under "What we leave out" what is missing.`,
  ],
  [
    'machine-paths',
    /(?<![A-Za-z0-9.\])}_-])\/(?:tmp|home|root|work|farm|Users)\/[a-z][\w.-]*/,
    (path) => `names a path of one machine (${path}): use a path from the project's root, or os.tmpdir().`,
  ],
]

/** Looks at every line of a text for what was left behind. */
export function checkLeftBehind({ path, text }: Source): Complaint[] {
  const complaints: Complaint[] = []
  text.split('\n').forEach((line, index) => {
    for (const [rule, pattern, message] of LEFT_BEHIND) {
      const found = pattern.exec(line)?.[0]
      if (found) complaints.push({ rule, path, line: index + 1, message: message(found) })
    }
  })
  return complaints
}
