/** Exercism: a practice exercise in a track's layout, and a test runner that grades it. */
import type { Exported, Platform } from './platform.ts'
import { courseWord, gradeScript, installed, script } from './platform.ts'

const BLURB_MAX = 350
const BROKEN = {
  version: 3,
  status: 'error',
  message: 'The test runner broke down. This says nothing about your code: please report it.',
}

export const exercism: Platform = {
  name: 'exercism',
  what: 'a practice exercise for an Exercism track, and a test runner',
  assets: 'test-runner',
  files(exercise) {
    const folder = `exercises/practice/${exercise.id}`
    return {
      [`${folder}/.docs/instructions.md`]: { text: `# Instructions\n\n${exercise.task.trim()}\n` },
      ...(exercise.hints.length > 0 && { [`${folder}/.docs/hints.md`]: { text: hintsOf(exercise) } }),
      [`${folder}/.meta/config.json`]: { text: `${JSON.stringify(configOf(exercise), undefined, 2)}\n` },
      [`${folder}/.meta/example.ts`]: { text: exercise.solution },
      [`${folder}/${exercise.id}.ts`]: { text: exercise.starter },
      [`${folder}/${exercise.id}.checks.md`]: { text: checksOf(exercise) },
      'test-runner/bin/run.sh': script(runnerOf(exercise)),
      'test-runner/Dockerfile': {
        text: `FROM node:24-slim
WORKDIR /opt/test-runner
COPY . .
RUN npm install --global ${installed(exercise, '.')}
ENTRYPOINT ["/opt/test-runner/bin/run.sh"]
`,
      },
    }
  },
  next: ({ id }, folder) =>
    `Merge ${folder}/exercises into a track, add "${id}" to its config.json, and build ${folder}/test-runner.`,
}

const hintsOf = ({ hints }: Exported): string =>
  `# Hints\n\n## General\n\n${hints.map((hint) => `- ${hint}\n`).join('')}`

const configOf = ({ id, summary }: Exported) => ({
  authors: [],
  files: { solution: [`${id}.ts`], test: [`${id}.checks.md`], example: ['.meta/example.ts'] },
  blurb: summary.slice(0, BLURB_MAX),
})

const checksOf = ({ title, checks }: Exported): string => `# What is checked: ${title}

The checks themselves come with the grader. In this order they are:

${checks.map((name, index) => `${index + 1}. ${name}\n`).join('')}`

const runnerOf = (exercise: Exported): string => `#!/bin/sh
# The test runner: run.sh SLUG INPUT-FOLDER OUTPUT-FOLDER. Ends with 0 whenever there is a results.json.
set -u
if [ $# -ne 3 ]; then
  echo "usage: run.sh SLUG INPUT-FOLDER OUTPUT-FOLDER" >&2
  exit 2
fi
if [ "$1" != ${exercise.id} ]; then
  echo "run.sh grades ${exercise.id}, not $1" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")/.." && pwd)
course=${courseWord(exercise, '$here')}
file=\${2%/}/$1.ts
results=\${3%/}/results.json
${gradeScript('exercism', exercise, BROKEN)}`
