/**
 * The command `clusterwright`, as a process. Exit codes: 0 pass · 1 fail or error · 2 usage · 3 internal error.
 */
import { runCommand } from './command.ts'

process.exitCode = await runCommand(process.argv.slice(2), { out: process.stdout, err: process.stderr })
