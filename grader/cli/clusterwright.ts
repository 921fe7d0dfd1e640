/**
 * The command `clusterwright`, as a process. Exit codes: 0 pass · 1 fail or error · 2 usage or configuration · 3 internal
 * error · 4 inconclusive · 130 interrupted.
 */
import * as modules from 'node:module'
import { EXIT } from './command.ts'
import { runCommand } from './dispatch.ts'

// What a command loads is compiled once on a machine: half of the time of a short command. Node 20 cannot do that.
modules.enableCompileCache?.()

const interrupted = new AbortController()
let isListening = false

/** Grading does not come up for air: so Ctrl-C ends the process as it always does, until a command asks to hear it. */
function interruption(): AbortSignal {
  if (!isListening) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupted.abort())
  isListening = true
  return interrupted.signal
}

// A reader that has seen enough, such as `head`, is no failure of ours.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 3))

const code = await runCommand(process.argv.slice(2), { out: process.stdout, err: process.stderr, interruption })
// Whoever interrupts does not wait for threads to end what they are at.
if (code === EXIT.interrupted) process.exit(code)
process.exitCode = code
