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

/** Everything in the file that cannot run, in source order. */
export function findRefusals(file: TypeScript.SourceFile, ts: Api): Refusal[] {
  const refusals: Refusal[] = []
  const visit = (node: TypeScript.Node, insideFunction: boolean) => {
    const refusal = refuseNode(node, insideFunction, ts)
    if (refusal !== undefined) refusals.push({ node, ...refusal })
    const inside = insideFunction || ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node)
    ts.forEachChild(node, (child) => visit(child, inside))
  }
  visit(file, false)
  if (!file.statements.some((statement) => exportsDefault(statement, ts))) {
    const message = 'Nothing is exported by default, so there is nothing to run. End the file with `export default …`.'
    refusals.push({ node: file.endOfFileToken, code: refusalCodes.noDefaultExport, message })
  }
  return refusals
}

/** Imports that bring in types alone but do not say so as a whole: `import { type Pod } from …`. Erasing leaves a real import. */
export function typeOnlyImports(file: TypeScript.SourceFile, ts: Api): { start: number; end: number }[] {
  return file.statements
    .filter((statement) => ts.isImportDeclaration(statement) && importsOnlyTypes(statement, ts))
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

function refuseNode(node: TypeScript.Node, insideFunction: boolean, ts: Api): Omit<Refusal, 'node'> | undefined {
  return (
    refuseModuleSyntax(node, ts) ??
    refuseAwait(node, insideFunction, ts) ??
    refuseNewerSyntax(node, ts) ??
    refuseNotErasable(node, ts)
  )
}

function refuseModuleSyntax(node: TypeScript.Node, ts: Api): Omit<Refusal, 'node'> | undefined {
  const code = refusalCodes.runtimeImport
  if (ts.isImportDeclaration(node) && !importsOnlyTypes(node, ts)) {
    return { code, message: 'Only types can be imported here: your file runs alone. Write `import type { … } from …`.' }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && !node.isTypeOnly) {
    return {
      code,
      message: 'Nothing can be exported from another module here: your file runs alone. Remove this line.',
    }
  }
  if (ts.isImportEqualsDeclaration(node)) {
    return { code, message: 'Modules cannot be loaded here: your file runs alone. Write `import type { … } from …`.' }
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const message = 'Modules cannot be loaded here: your file runs alone. Remove `import(…)`.'
    return { code: refusalCodes.dynamicImport, message }
  }
  if (ts.isExportAssignment(node) && node.isExportEquals === true) {
    return { code: refusalCodes.exportEquals, message: 'Write `export default …` instead of `export = …`.' }
  }
  return undefined
}

function refuseAwait(node: TypeScript.Node, insideFunction: boolean, ts: Api): Omit<Refusal, 'node'> | undefined {
  if (insideFunction) return undefined
  if (!ts.isAwaitExpression(node) && !(ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return undefined
  const message =
    'The module itself cannot wait: there is nothing yet to wait for. Move `await` into an `async` function.'
  return { code: refusalCodes.topLevelAwait, message }
}

function refuseNewerSyntax(node: TypeScript.Node, ts: Api): Omit<Refusal, 'node'> | undefined {
  if (ts.isDecorator(node)) {
    return { code: refusalCodes.decorator, message: 'Decorators cannot run here. Call the function yourself instead.' }
  }
  // `await using` is both flags, `const` and `using`; neither is there alone in a declaration that is only one of them.
  if (ts.isVariableDeclarationList(node)) {
    const kind = node.flags & ts.NodeFlags.BlockScoped
    if (kind === ts.NodeFlags.Using || kind === ts.NodeFlags.AwaitUsing) {
      return {
        code: refusalCodes.using,
        message: '`using` cannot run here. Use `const`, and release in a `finally` block.',
      }
    }
  }
  if (node.kind === ts.SyntaxKind.AccessorKeyword && ts.isPropertyDeclaration(node.parent)) {
    return { code: refusalCodes.accessor, message: '`accessor` cannot run here. Write a field, or `get` and `set`.' }
  }
  return undefined
}

function refuseNotErasable(node: TypeScript.Node, ts: Api): Omit<Refusal, 'node'> | undefined {
  const code = refusalCodes.notErasable
  if (ts.isEnumDeclaration(node) && !isAmbient(node, ts)) {
    const message =
      "An `enum` is more than a type and cannot be erased. Use a union such as `'a' | 'b'`, or a `const` object."
    return { code, message }
  }
  if (ts.isModuleDeclaration(node) && !isAmbient(node, ts) && hasCode(node, ts)) {
    return {
      code,
      message: 'A `namespace` with code cannot be erased. Use plain functions and constants of the module.',
    }
  }
  if (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent)) {
    const message =
      'A parameter cannot declare a field here. Declare the field in the class and assign it in the constructor.'
    return { code, message }
  }
  if (ts.isTypeAssertionExpression(node)) {
    return { code, message: 'Write `value as Type` instead of `<Type>value`.' }
  }
  return undefined
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
