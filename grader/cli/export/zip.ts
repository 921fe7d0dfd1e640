/** One archive for whoever has no platform that we know: task, starter, grader, and a page that says how to run it. */
import type { Exported, Platform } from './platform.ts'
import { courseWord, gradeScript, installed, script } from './platform.ts'

const BROKEN = { status: 'internal', message: 'The grader broke down. This says nothing about the submission.' }

export const zip: Platform = {
  name: 'zip',
  what: 'one archive for any other system: task, starter, set-up, a script that grades, and how to run it',
  assets: 'grader',
  isArchive: true,
  files: (exercise) => ({
    'README.md': { text: readme(exercise) },
    'task.md': { text: `# ${exercise.title}\n\n${exercise.task.trim()}\n` },
    [`${exercise.id}.ts`]: { text: exercise.starter },
    'grader/setup.sh': script(`#!/bin/sh
# Once, where submissions are graded: installs the command clusterwright beside this script. It needs Node 20 or newer.
set -eu
cd "$(dirname "$0")"
npm install --no-save --prefix . ${installed(exercise, '.')}
node_modules/.bin/clusterwright --version
`),
    'grader/grade.sh': script(`#!/bin/sh
# For each submission to "${exercise.id}": grade.sh SUBMISSION RESULTS. Ends with 0 whenever there are results.
set -u
if [ $# -ne 2 ]; then
  echo "usage: grade.sh SUBMISSION RESULTS" >&2
  exit 2
fi
if [ ! -f "$1" ]; then
  echo "grade.sh: there is no file $1" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
PATH="$here/node_modules/.bin:$PATH"
course=${courseWord(exercise, '$here')}
file=$1
results=$2
${gradeScript('json', exercise, BROKEN)}`),
  }),
  next: ({ id }, file) =>
    `Unpack it where submissions are graded (unzip -d ${id} ${file}); its README.md says how to go on.`,
}

const readme = ({ id, title, summary, checks, tarball }: Exported): string => `# ${title}

${summary}

| File              | What it is                                               |
| ----------------- | -------------------------------------------------------- |
| \`task.md\`         | the task, for learners                                   |
| \`${id}.ts\` | what learners start from, and hand in                    |
| \`grader/setup.sh\` | installs the command, once                               |
| \`grader/grade.sh\` | grades one submission                                    |

\`\`\`sh
sh grader/setup.sh                            # needs Node 20 or newer${tarball === undefined ? ', and the registry of npm' : '; nothing is downloaded'}
sh grader/grade.sh ${id}.ts results.json
\`\`\`

The starter that this grades must fail. \`results.json\` is a verdict; \`clusterwright schema verdict\` prints its schema.
Its \`status\` says how it went:

- \`pass\`, \`fail\`: the submission is right, or is not. \`score\` has the points.
- \`error\`: it does not load, throws, or runs out of a budget. \`message\` and \`checks\` say where.
- \`internal\`: the grader broke down. Count nothing, and grade again.

Seeds are fixed: the same submission gets the same verdict, and the same \`digest\`, on every machine. Submissions run
behind two walls, but give \`grade.sh\` a container of its own where you have one.

What is checked, in this order:

${checks.map((name, index) => `${index + 1}. ${name}\n`).join('')}`
