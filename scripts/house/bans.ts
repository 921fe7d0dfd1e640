/**
 * What the simulation and the grader may not use: whatever two runs of one seed, or two engines, could answer
 * differently. Read from the syntax tree, so that a comment, a string or a simulated `process` is not mistaken for one.
 */
import ts from 'typescript'
import { isTest, lineOf, parse, walk } from './source.ts'
import type { Complaint, Source } from './source.ts'

const TIME = 'the simulation has its own time: take context.now'
const CHANCE = 'two runs of one seed would differ: take context.random(stream)'
const TIMER = 'the simulation has its own timers: return a wake effect'
const STEP = 'a step is synchronous: return effects, and answer the events that come back'
const OUTSIDE = 'cluster/ runs in a page, a worker and a server alike: put what touches the outside into an adapter'
const LANGUAGE = 'the answer depends on the machine’s language: compare with < and >'
const GARBAGE = 'the answer depends on when memory is collected: keep a Table'

/** Globals by name. */
const AMBIENT: Record<string, string> = {
  Date: TIME,
  performance: TIME,
  Temporal: TIME,
  crypto: CHANCE,
  setTimeout: TIMER,
  setInterval: TIMER,
  setImmediate: TIMER,
  queueMicrotask: TIMER,
  requestAnimationFrame: TIMER,
  requestIdleCallback: TIMER,
  Intl: LANGUAGE,
  WeakRef: GARBAGE,
  FinalizationRegistry: GARBAGE,
}
/** More of them, in cluster/ alone: grader/ has edges that await and read files. */
const OUTER: Record<string, string> = {
  Promise: STEP,
  process: OUTSIDE,
  Buffer: OUTSIDE,
  fetch: OUTSIDE,
  document: OUTSIDE,
  window: OUTSIDE,
  navigator: OUTSIDE,
  localStorage: OUTSIDE,
  console: 'a step writes nothing: add a note to the trace',
}
const LANGUAGE_METHODS = /^(?:localeCompare|toLocale[A-Z]\w*)$/
/** Engines may round these differently; + − × ÷ and sqrt are exact everywhere. */
const INEXACT = /^(?:acosh?|asinh?|atan[2h]?|cbrt|cosh?|expm?1?|hypot|log(?:10|1p|2)?|pow|sinh?|tanh?)$/

/** Names the file declares itself: a simulated `process` is no ban. */
function declaredNames(tree: ts.SourceFile): Set<string> {
  const names = new Set<string>()
  walk(tree, (node) => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isImportSpecifier(node)
    if (declares && node.name && ts.isIdentifier(node.name)) names.add(node.name.text)
  })
  return names
}

/** True where the identifier is a value looked up, not a property's name, a type or a label. */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent) || ts.isTypeQueryNode(parent)) return false
  if (ts.isExpressionWithTypeArguments(parent)) return ts.isClassDeclaration(parent.parent.parent)
  const named = parent as { name?: ts.Node }
  return named.name !== node || ts.isShorthandPropertyAssignment(parent)
}

/** Exact everywhere: literals, powers of two, and whole numbers of any size. */
const isExactPower = ({ left, right }: ts.BinaryExpression): boolean => {
  const whole = (node: ts.Node): boolean => ts.isBigIntLiteral(node) || node.getText().startsWith('BigInt(')
  return whole(left) || whole(right) || (ts.isNumericLiteral(left) && (left.text === '2' || ts.isNumericLiteral(right)))
}

/** The remedy for a node that is banned in the simulation and the grader, or undefined. */
function ambient(node: ts.Node, globals: Record<string, string>, declared: Set<string>): [string, string] | undefined {
  if (ts.isIdentifier(node) && Object.hasOwn(globals, node.text) && !declared.has(node.text) && isReference(node))
    return [node.text, globals[node.text]!]
  if (!ts.isPropertyAccessExpression(node)) return undefined
  const { text } = node.name
  if (LANGUAGE_METHODS.test(text)) return [text, LANGUAGE]
  const holder = node.expression.getText()
  if (holder === 'Math' && text === 'random') return ['Math.random', CHANCE]
  if (holder === 'globalThis' && Object.hasOwn(globals, text)) return [`globalThis.${text}`, globals[text]!]
  return undefined
}

/** The same for what is banned in cluster/ alone. */
function unsteady(node: ts.Node): [string, string] | undefined {
  const isAsync =
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
  if (isAsync) return ['async', STEP]
  if (ts.isAwaitExpression(node)) return ['await', STEP]
  if (ts.isForInStatement(node))
    return ['for … in', 'integer-like keys come first, in an order of their own: use a Table or a Map']
  if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math' && INEXACT.test(node.name.text))
    return [`Math.${node.name.text}`, 'engines may round it differently: use a table of values, or + − × ÷ and sqrt']
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken &&
    !isExactPower(node)
  )
    return ['**', 'engines may round it differently: multiply in a loop, or shift']
  return undefined
}

/** The bans that hold for one file. */
export function checkBans(source: Source): Complaint[] {
  const { path } = source
  const inCluster = path.startsWith('cluster/')
  if ((!inCluster && !path.startsWith('grader/')) || !path.endsWith('.ts') || isTest(path)) return []
  const tree = parse(source)
  const declared = declaredNames(tree)
  const globals = inCluster ? { ...AMBIENT, ...OUTER } : AMBIENT
  const complaints: Complaint[] = []
  walk(tree, (node) => {
    const found = ambient(node, globals, declared) ?? (inCluster ? unsteady(node) : undefined)
    if (!found) return
    const [what, remedy] = found
    complaints.push({ rule: 'bans', path, line: lineOf(node), message: `uses ${what}; ${remedy}.` })
  })
  return complaints
}
