/** `clusterwright schema`: what a verdict is, and a leaderboard, for programs. */
import { readFileSync } from 'node:fs'
import { EXIT, defineCommand } from '../command.ts'
import { UsageError, didYouMean } from '../errors.ts'

const SCHEMAS = ['verdict', 'leaderboard']

export const schema = defineCommand({
  name: 'schema',
  summary: 'prints the JSON Schema of a verdict, or of a leaderboard',
  usage: ['schema verdict|leaderboard'],
  options: {},
  details: `Each has a number, "schema". New fields do not change it, so readers ignore what they do not know; it grows when a
field is taken away or comes to mean something else.`,
  async run({ positionals: [name, ...more], out }) {
    if (name === undefined || more.length > 0) throw new UsageError('schema takes one word: verdict or leaderboard')
    if (!SCHEMAS.includes(name)) throw new UsageError(didYouMean(`there is no schema "${name}"`, name, SCHEMAS))
    out.write(readFileSync(new URL(`../../reporters/schemas/${name}.schema.json`, import.meta.url), 'utf8'))
    return EXIT.pass
  },
})
