/** All reporters, in the order in which `--help` lists them. */
import { ctrf } from './ctrf.ts'
import { exercism } from './exercism.ts'
import { github } from './github.ts'
import { gradescope } from './gradescope.ts'
import { json, jsonLines } from './json.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import { prairielearn } from './prairielearn.ts'
import { pretty } from './pretty.ts'
import type { Reporter } from './reporter.ts'
import { sarif } from './sarif.ts'
import { tap } from './tap.ts'

export const REPORTERS: readonly Reporter[] = [
  pretty,
  json,
  jsonLines,
  junit,
  tap,
  ctrf,
  sarif,
  github,
  markdown,
  exercism,
  gradescope,
  prairielearn,
]
