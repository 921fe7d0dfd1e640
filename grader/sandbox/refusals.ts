/**
 * What a learner's file must not contain because the sandbox cannot run it, each with what to write instead. TypeScript would
 * let most of this pass, or refuse it in words about compiler settings that a learner never chose.
 */
import type * as TypeScript from 'typescript'

type Api = typeof TypeScript

/** Numbers of our own diagnostics, far above TypeScript's. */
export const refusalCodes = {
  noDefaultExport: 90001,
  runtimeImport: 90002,
  dynamicImport: 90003,
  topLevelAwait: 90004,
  decorator: 90005,
  using: 90006,
  notErasable: 90007,
  accessor: 90008,
  exportEquals: 90009,
  tooLong: 90010,
  tooDeep: 90011,
  noSubmission: 90012,
} as const

export interface Refusal {
  node: TypeScript.Node
  code: number
  message: string
}

/** Levels of the syntax tree. A compiler's stack is another in each host, so the end must come well before it, and everywhere. */
const nestingMax = 500

/** The file's tree has more levels than are compiled. */
export class TooDeep extends Error {}

/** Where a node is. */
interface Place {
  readonly parent: TypeScript.Node
  readonly isInFunction: boolean
}

/**
 * Everything in the file that cannot run, in source order: one walk, over a tree that need not know its parents, because every
 * submission's every node is looked at: where it is is kept beside the walk, and told only to a rule. Throws `TooDeep`.
 */
export function findRefusals(file: TypeScript.SourceFile, ts: Api): Refusal[] {
  const rules = rulesOf(ts)
  const lastToken = ts.SyntaxKind.LastToken
  const refusals: Refusal[] = []
  let parent: TypeScript.Node = file
  let isInFunction = false
  /** Levels above the node. */
  let depth = 0
  const visit = (node: TypeScript.Node): void => {
    if (depth === nestingMax) throw new TooDeep()
    const { kind } = node
    const refusal = rules.get(kind)?.(node, { parent, isInFunction })
    if (refusal !== undefined) refusals.push({ node, ...refusal })
    if (kind <= lastToken) return
    const [outer, wasInFunction] = [parent, isInFunction]
    parent = node
    isInFunction = wasInFunction || ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node)
    depth++
    ts.forEachChild(node, visit)
    depth--
    parent = outer
    isInFunction = wasInFunction
  }
  ts.forEachChild(file, visit)
  if (!file.statements.some((statement) => exportsDefault(statement, ts))) {
    const message = 'Nothing is exported by default, so there is nothing to run. End the file with `export default …`.'
    refusals.push({ node: file.endOfFileToken, code: refusalCodes.noDefaultExport, message })
  }
  return refusals
}

/** Imports that bring in types alone but do not say so as a whole: `import { type Pod } from …`. Erasing leaves a real import. */
export function typeOnlyImports(file: TypeScript.SourceFile, ts: Api): { start: number; end: number }[] {
  return file.statements
    .filter(ts.isImportDeclaration)
    .filter((statement) => !statement.importClause?.isTypeOnly && importsOnlyTypes(statement, ts))
    .map((statement) => ({ start: statement.getStart(file), end: statement.end }))
}

function importsOnlyTypes(declaration: TypeScript.ImportDeclaration, ts: Api): boolean {
  const clause = declaration.importClause
  if (clause === undefined) return false
  if (clause.isTypeOnly) return true
  const bindings = clause.namedBindings
  if (clause.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) return false
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly)
}

type Reason = Omit<Refusal, 'node'> | undefined
type Rule = (node: TypeScript.Node, place: Place) => Reason
type Rules = ReadonlyMap<TypeScript.SyntaxKind, Rule>

const knownRules = new WeakMap<Api, Rules>()

/** What is asked of a node, by its kind. Of nearly all nothing is, and to find that out must take no time. */
function rulesOf(ts: Api): Rules {
  const known = knownRules.get(ts)
  if (known) return known
  const rules: Rules = new Map([
    ...moduleRules(ts),
    ...awaitRules(ts),
    ...newerSyntaxRules(ts),
    ...notErasableRules(ts),
  ])
  knownRules.set(ts, rules)
  return rules
}

/** The rule for nodes of one kind. */
function rule<Node extends TypeScript.Node>(
  kind: Node['kind'],
  refuse: (node: Node, place: Place) => Reason,
): [TypeScript.SyntaxKind, Rule] {
  return [kind, (node, place) => refuse(node as Node, place)]
}

function moduleRules(ts: Api) {
  const { SyntaxKind: is } = ts
  const code = refusalCodes.runtimeImport
  return [
    rule<TypeScript.ImportDeclaration>(is.ImportDeclaration, (node) => {
      if (importsOnlyTypes(node, ts)) return undefined
      const message = 'Only types can be imported here: your file runs alone. Write `import type { … } from …`.'
      return { code, message }
    }),
    rule<TypeScript.ExportDeclaration>(is.ExportDeclaration, (node) => {
      if (node.moduleSpecifier === undefined || node.isTypeOnly) return undefined
      const message = 'Nothing can be exported from another module here: your file runs alone. Remove this line.'
      return { code, message }
    }),
    rule<TypeScript.ImportEqualsDeclaration>(is.ImportEqualsDeclaration, () => {
      const message = 'Modules cannot be loaded here: your file runs alone. Write `import type { … } from …`.'
      return { code, message }
    }),
    rule<TypeScript.CallExpression>(is.CallExpression, (node) => {
      if (node.expression.kind !== is.ImportKeyword) return undefined
      const message = 'Modules cannot be loaded here: your file runs alone. Remove `import(…)`.'
      return { code: refusalCodes.dynamicImport, message }
    }),
    rule<TypeScript.ExportAssignment>(is.ExportAssignment, (node) => {
      if (node.isExportEquals !== true) return undefined
      return { code: refusalCodes.exportEquals, message: 'Write `export default …` instead of `export = …`.' }
    }),
  ]
}

function awaitRules({ SyntaxKind: is }: Api) {
  const message =
    'The module itself cannot wait: there is nothing yet to wait for. Move `await` into an `async` function.'
  const refusal = { code: refusalCodes.topLevelAwait, message }
  return [
    rule<TypeScript.AwaitExpression>(is.AwaitExpression, (_, { isInFunction }) => (isInFunction ? undefined : refusal)),
    rule<TypeScript.ForOfStatement>(is.ForOfStatement, ({ awaitModifier }, { isInFunction }) =>
      awaitModifier === undefined || isInFunction ? undefined : refusal,
    ),
  ]
}

function newerSyntaxRules(ts: Api) {
  const { SyntaxKind: is, NodeFlags: flags } = ts
  return [
    rule<TypeScript.Decorator>(is.Decorator, () => {
      return {
        code: refusalCodes.decorator,
        message: 'Decorators cannot run here. Call the function yourself instead.',
      }
    }),
    rule<TypeScript.VariableDeclarationList>(is.VariableDeclarationList, (node) => {
      // `await using` is both flags, `const` and `using`; neither is there alone in a declaration that is only one of them.
      const kind = node.flags & flags.BlockScoped
      if (kind !== flags.Using && kind !== flags.AwaitUsing) return undefined
      const message = '`using` cannot run here. Use `const`, and release in a `finally` block.'
      return { code: refusalCodes.using, message }
    }),
    rule<TypeScript.AccessorKeyword>(is.AccessorKeyword, (_, { parent }) => {
      if (!ts.isPropertyDeclaration(parent)) return undefined
      const message = '`accessor` cannot run here. Write a field, or `get` and `set`.'
      return { code: refusalCodes.accessor, message }
    }),
  ]
}

function notErasableRules(ts: Api) {
  const { SyntaxKind: is } = ts
  const code = refusalCodes.notErasable
  return [
    rule<TypeScript.EnumDeclaration>(is.EnumDeclaration, (node) => {
      if (isAmbient(node, ts)) return undefined
      const message =
        "An `enum` is more than a type and cannot be erased. Use a union such as `'a' | 'b'`, or a `const` object."
      return { code, message }
    }),
    rule<TypeScript.ModuleDeclaration>(is.ModuleDeclaration, (node) => {
      if (isAmbient(node, ts) || !hasCode(node, ts)) return undefined
      const message = 'A `namespace` with code cannot be erased. Use plain functions and constants of the module.'
      return { code, message }
    }),
    rule<TypeScript.ParameterDeclaration>(is.Parameter, (node, { parent }) => {
      if (!ts.isParameterPropertyDeclaration(node, parent)) return undefined
      const message =
        'A parameter cannot declare a field here. Declare the field in the class and assign it in the constructor.'
      return { code, message }
    }),
    rule<TypeScript.TypeAssertion>(is.TypeAssertionExpression, () => {
      return { code, message: 'Write `value as Type` instead of `<Type>value`.' }
    }),
  ]
}

function isAmbient(node: TypeScript.Node, ts: Api): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)
  )
}

/** A namespace of types alone is erased without harm. */
function hasCode(node: TypeScript.ModuleDeclaration, ts: Api): boolean {
  const { body } = node
  if (body === undefined) return false
  if (ts.isModuleDeclaration(body)) return hasCode(body, ts)
  if (!ts.isModuleBlock(body)) return true
  return body.statements.some(
    (statement) =>
      !ts.isInterfaceDeclaration(statement) &&
      !ts.isTypeAliasDeclaration(statement) &&
      !(ts.isModuleDeclaration(statement) && !hasCode(statement, ts)),
  )
}

function exportsDefault(statement: TypeScript.Statement, ts: Api): boolean {
  if (ts.isExportAssignment(statement)) return true
  if (ts.isExportDeclaration(statement) && statement.exportClause !== undefined) {
    const clause = statement.exportClause
    return (
      !statement.isTypeOnly && ts.isNamedExports(clause) && clause.elements.some(({ name }) => name.text === 'default')
    )
  }
  if (ts.isInterfaceDeclaration(statement) || !ts.canHaveModifiers(statement)) return false
  return (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
}
