/**
 * `npm start`: from a fresh clone to the course in a browser. Sets up what is missing, builds what is out of date,
 * serves it, and prints the address once it really answers.
 *
 *   npm start -- --port 8080      another port than 4321
 *   npm start -- --host 0.0.0.0   reachable from other machines too
 *   npm start -- --dev            Astro's development server: pages change as you write
 */
import { parseArgs } from 'node:util'
import { buildParts, buildSite, plainSite } from './build-site.mjs'
import { serve } from './serve.mjs'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { endWithNpm, run } from './set-up/run.mjs'
import { Refusal, command, say } from './set-up/say.mjs'

function options() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: process.env.PORT ?? '4321' },
        host: { type: 'string' },
        dev: { type: 'boolean', default: false },
      },
    })
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 1 || port > 65535)
      throw new Refusal(`--port ${values.port} is not a port.`, 'Give a whole number from 1 to 65535: --port 8080')
    return { ...values, port }
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(`${error.message}.`, 'Known: --port <number>, --host <address>, --dev (npm start -- --dev)')
  }
}

/** Finds out before a minute of building whether the port is free. */
async function probe(port, host) {
  const { close } = await serve({ folder: plainSite.folder, port, host })
  await close()
}

await command(async () => {
  endWithNpm()
  const { port, host, dev } = options()
  await probe(port, host)
  await ensureDependencies()
  if (dev) {
    await buildParts()
    const { code } = await run(['astro', 'dev', '--port', String(port), ...(host ? ['--host', host] : [])])
    process.exitCode = code
    return
  }
  await buildSite()
  const site = await serve({ folder: plainSite.folder, port, host })
  const { status } = await fetch(site.url)
  if (status !== 200) throw new Refusal(`The first page answers ${status}.`, 'Delete dist/ and run npm start again.')
  say('')
  process.stdout.write(`The course is at ${site.url}\n`)
  say('Stop it with Ctrl-C.')
})
