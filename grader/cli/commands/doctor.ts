/** `clusterwright doctor`: whether this machine has what it needs. */
import { EXIT, defineCommand } from '../command.ts'
import { examine } from '../doctor.ts'
import { UsageError } from '../errors.ts'

const MARKS = { good: ['✓', 'green'], note: ['!', 'yellow'], bad: ['✗', 'red'] } as const

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'says whether this machine has what it needs',
  usage: ['doctor'],
  options: {
    json: { type: 'boolean', help: 'prints the findings as JSON' },
  },
  details: 'Ends with 1 if something is wrong (✗). What is only missing for some purpose (!) is no failure.',
  async run({ positionals, values, out, paint, course }) {
    if (positionals.length > 0) throw new UsageError(`doctor takes no "${positionals[0]}"`)
    const findings = await examine(course)
    if (values.json) out.write(`${JSON.stringify(findings, undefined, 2)}\n`)
    else {
      for (const { level, what, means, remedy } of findings) {
        const [mark, colour] = MARKS[level]
        out.write(`${paint(mark, colour)} ${paint(what, 'bold')}: ${means}\n`)
        if (remedy !== undefined) out.write(`    → ${remedy}\n`)
      }
    }
    return findings.some(({ level }) => level === 'bad') ? EXIT.fail : EXIT.pass
  },
})
