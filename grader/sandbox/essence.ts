/**
 * The essence of a submission: a hash over what its code says, from which the seeds of a ranking are drawn. So nobody knows
 * the cases before the code is written, and whoever changes the code gets others.
 *
 * It is taken over the tree of the erased code, as the compiler's own parser reads it: comments, blanks, types, quotes, optional
 * semicolons and the spelling of numbers do not matter. All that could change what the code does matters, names too: whatever
 * did not would be a place to tune at, while the seeds stay. (Names, and two constants that change places. Tokens without
 * the tree, and a line break after `return`.)
 *
 * Somebody may still rename a variable a hundred times and keep the luckiest draw. That gains little, because cases are
 * compared in pairs (a kind case is kind to the references too), because a median over twenty cases moves little, and because
 * a rank is told with its uncertainty; `ranking.test.ts` measures how little.
 */
import type * as TypeScript from 'typescript'
import { sha256 } from '../verdict/sha256.ts'

/** Hex SHA-256. `code` is plain JavaScript that parses. */
export function essenceOf(code: string, ts: typeof TypeScript): string {
  const file = ts.createSourceFile('main.js', code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS)
  const parts: string[] = []
  const visit = (node: TypeScript.Node): void => {
    if (node.kind === ts.SyntaxKind.SemicolonToken || ts.isJSDoc(node)) return
    const children = node.getChildren(file)
    parts.push(ts.SyntaxKind[node.kind])
    if (children.length > 0) children.forEach(visit)
    else parts.push(ts.isStringLiteral(node) || ts.isNumericLiteral(node) ? node.text : node.getText(file))
    parts.push('end')
  }
  visit(file)
  return sha256(JSON.stringify(parts))
}
