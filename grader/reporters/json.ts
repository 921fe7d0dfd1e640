/**
 * The verdict itself, whole and untouched, as `schemas/verdict.schema.json` describes it: what other programs should read.
 * `json` holds one; `jsonl` holds a batch, one line per submission, and can be read while it grows.
 */
import type { Reporter } from './reporter.ts'

export const json: Reporter = {
  name: 'json',
  what: 'the verdict as data (its schema: clusterwright schema verdict)',
  holds: 'one',
  start: () => ({
    opening: '',
    add: ({ verdict }) => `${JSON.stringify(verdict, undefined, 2)}\n`,
    end: () => '',
  }),
}

export const jsonLines: Reporter = {
  name: 'jsonl',
  what: 'verdicts as data, a line { "file": …, "verdict": … } each',
  holds: 'many',
  start: () => ({
    opening: '',
    add: ({ file, verdict }) => `${JSON.stringify({ file, verdict })}\n`,
    end: () => '',
  }),
}
