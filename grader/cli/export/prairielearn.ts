/** PrairieLearn: a question that is graded externally, and the image in which that happens, for it has no network. */
import { sha256 } from '../../verdict/sha256.ts'
import type { Exported, Platform } from './platform.ts'
import { courseWord, gradeScript, installed, script } from './platform.ts'

const FILE = 'main.ts'
const IMAGE = 'clusterwright-grader'
const TIMEOUT_S = 120
const BROKEN = {
  gradable: false,
  format_errors: ['The grader broke down. This says nothing about your code: please tell your instructor.'],
}

export const prairielearn: Platform = {
  name: 'prairielearn',
  what: 'a question for PrairieLearn, graded externally',
  assets: 'image',
  files(exercise) {
    const folder = `questions/${exercise.id}`
    return {
      [`${folder}/info.json`]: { text: `${JSON.stringify(infoOf(exercise), undefined, 2)}\n` },
      [`${folder}/question.html`]: { text: questionOf(exercise) },
      [`${folder}/starter.ts`]: { text: exercise.starter },
      [`${folder}/tests/run.sh`]: script(entryOf(exercise)),
      'image/Dockerfile': {
        text: `FROM node:24-slim
COPY . /opt/clusterwright
RUN npm install --global ${installed(exercise, '/opt/clusterwright')}
`,
      },
    }
  },
  next: ({ id }, folder) => `Copy ${folder}/questions/${id} into a course, and build the image that its info.json names:
docker build -t ${IMAGE} ${folder}/image`,
}

/** The same for the same exercise, whoever exports it and when. */
function uuidOf({ id }: Exported): string {
  const hex = sha256(`clusterwright question ${id}`)
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

const infoOf = (exercise: Exported) => ({
  uuid: uuidOf(exercise),
  title: exercise.title,
  topic: exercise.section,
  tags: [...exercise.concepts],
  type: 'v3',
  singleVariant: true,
  gradingMethod: 'External',
  externalGradingOptions: {
    enabled: true,
    image: IMAGE,
    entrypoint: '/grade/tests/run.sh',
    timeout: TIMEOUT_S,
    enableNetworking: false,
  },
})

/** The page is a Mustache template of HTML: what the task says must be neither. */
const text = (markdown: string): string =>
  markdown
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('{{', '&#123;&#123;')
    .replaceAll('}}', '&#125;&#125;')

const questionOf = ({ task }: Exported): string => `<pl-question-panel>
<markdown>
${text(task.trim())}
</markdown>
<pl-file-editor file-name="${FILE}" ace-mode="ace/mode/typescript" source-file-name="starter.ts"></pl-file-editor>
</pl-question-panel>

<pl-submission-panel>
  <pl-external-grader-results></pl-external-grader-results>
  <pl-file-preview></pl-file-preview>
</pl-submission-panel>
`

const entryOf = (exercise: Exported): string => `#!/bin/sh
# Run for each submission to "${exercise.id}", in a container of the image ${IMAGE}.
set -u
base=\${GRADE:-/grade}
course=${courseWord(exercise, '${IMAGE_FOLDER:-/opt/clusterwright}')}
file=$base/student/${FILE}
results=$base/results/results.json
${gradeScript('prairielearn', exercise, BROKEN)}`
