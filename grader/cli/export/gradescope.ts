/** Gradescope: the contents of an autograder's zip file, `setup.sh` for the image and `run_autograder` for a submission. */
import type { Platform } from './platform.ts'
import { courseWord, gradeScript, installed, script } from './platform.ts'

const BROKEN = {
  output: 'The autograder broke down. This says nothing about your code: please tell your instructor.',
  output_format: 'text',
}
const NO_FILE = {
  score: 0,
  output: 'Hand in exactly one file that ends in .ts or .js, or name the one that counts main.ts.',
  output_format: 'text',
}

export const gradescope: Platform = {
  name: 'gradescope',
  what: 'an autograder for Gradescope, to be zipped',
  assets: '.',
  files: (exercise) => ({
    'setup.sh': script(`#!/usr/bin/env bash
# Run once, when Gradescope builds the image: Node, and the grader.
set -euo pipefail
apt-get update
apt-get install -y curl ca-certificates
curl -fsSL https://deb.nodesource.com/setup_24.x | bash -
apt-get install -y nodejs
npm install --global ${installed(exercise, '/autograder/source')}
clusterwright --version
`),
    run_autograder: script(`#!/usr/bin/env bash
# Run for each submission to "${exercise.id}". What it prints is for instructors; what learners see is in results.json.
set -u
base=\${AUTOGRADER:-/autograder}
course=${courseWord(exercise, '$base/source')}
results=$base/results/results.json

file=$base/submission/main.ts
if [ ! -f "$file" ]; then
  mapfile -t files < <(find "$base/submission" -type f \\( -name '*.ts' -o -name '*.js' \\) ! -name '*.d.ts')
  if [ "\${#files[@]}" -ne 1 ]; then
    mkdir -p "$(dirname "$results")"
    printf '%s\\n' '${JSON.stringify(NO_FILE)}' > "$results"
    exit 0
  fi
  file=\${files[0]}
fi
${gradeScript('gradescope', exercise, BROKEN)}`),
  }),
  next: (
    _exercise,
    folder,
  ) => `Zip what is in it and upload that as the autograder: (cd ${folder} && zip -r ../autograder.zip .)
The assignment's points are the exercise's weights in all; see "score" in a results.json.`,
}
