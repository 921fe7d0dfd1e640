/**
 * `npm run reporters`: grades one submission with every reporter at once, hands each file to its format's own validator, and
 * prints what came of it. Without arguments it takes a wrong solution whose failure has a whole story to tell.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runCommand } from '../grader/cli/dispatch.ts'
import { REPORTERS } from '../grader/reporters/reporters.ts'
import { VALIDATORS } from '../grader/reporters/validators.test-tools.ts'

const root = dirname(import.meta.dirname)
const WITH_A_STORY = join(root, 'exercises/07-controller-managers/01-replicaset/wrong/no-expectations.ts')
const [id = 'replicaset', file = WITH_A_STORY] = process.argv.slice(2)

const folder = mkdtempSync(join(tmpdir(), 'clusterwright-reports-'))
let refused = 0
try {
  const asked = REPORTERS.flatMap(({ name }) => ['--reporter', `${name}=${join(folder, name)}`])
  const quiet = { write() {} }
  await runCommand(['grade', id, file, '--seeds', '10', ...asked], { out: quiet, err: process.stderr, env: {} })
  const rows = [['format', 'accepted', 'bytes', 'by']]
  for (const { name } of REPORTERS) {
    const text = readFileSync(join(folder, name), 'utf8')
    const { by, check } = VALIDATORS[name]!
    const complaints = await check(text)
    if (complaints.length > 0) refused++
    rows.push([name, complaints.length === 0 ? 'yes' : `no: ${complaints[0]}`, String(Buffer.byteLength(text)), by])
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
} finally {
  rmSync(folder, { recursive: true })
}
console.log(`\n${REPORTERS.length - refused} accepted, ${refused} refused`)
if (refused > 0) process.exitCode = 1
