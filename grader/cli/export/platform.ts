/**
 * The shape of an export: what another platform needs, as files, to grade one exercise with this package. Pure: from what is
 * known of the exercise to texts by path; `commands/export.ts` reads the one and writes the other.
 */
export interface Exported {
  readonly id: string
  readonly title: string
  readonly section: string
  readonly summary: string
  readonly concepts: readonly string[]
  /** Markdown, without front matter. */
  readonly task: string
  /** The questions that hints ask, in order. */
  readonly hints: readonly string[]
  /** Names of the checks, in source order. */
  readonly checks: readonly string[]
  readonly starter: string
  readonly solution: string
  /** Of this package. */
  readonly version: string
  /** Name of a tarball of this package that lies beside the files; without one the registry is asked. */
  readonly tarball?: string
  /** The exercise is an author's own: its course lies beside the files, in `course/`. */
  readonly hasCourse: boolean
}

export interface ExportedFile {
  readonly text: string
  readonly isExecutable?: true
}

export interface Platform {
  readonly name: string
  /** One clause for `--help`. */
  readonly what: string
  /** Where tarball and course must lie, below the folder of the export. */
  readonly assets: string
  /** `--out` is then a zip file, not a folder. */
  readonly isArchive?: true
  files(exercise: Exported): Readonly<Record<string, ExportedFile>>
  /** What to do with the folder or archive. */
  next(exercise: Exported, at: string): string
}

export const script = (text: string): ExportedFile => ({ text, isExecutable: true })

/** What npm is told to install, seen from where the tarball lies. */
export const installed = ({ tarball, version }: Exported, folder: string): string =>
  `"${tarball === undefined ? `clusterwright@${version}` : `${folder}/${tarball}`}"`

/**
 * The part of a script that all share. It expects `file`, `results` and `course`, and leaves the reporter's document in
 * `results`; where there is none in the end, what is printed last stands there, which counts nothing against anybody.
 */
export const gradeScript = (reporter: string, { id }: Pick<Exported, 'id'>, broken: object): string => `
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$(dirname "$results")"
rm -f "$results"

# Words, not a path: a test may set it to a program and its arguments.
# shellcheck disable=SC2086
\${CLUSTERWRIGHT:-clusterwright} grade ${id} "$file" --course "$course" --official --workers 1 --exit-zero \\
  --out "$work/verdicts" --reporter "${reporter}=$results"

if [ ! -s "$results" ]; then
  printf '%s\\n' '${JSON.stringify(broken).replaceAll("'", "'\\''")}' > "$results"
fi
exit 0
`

/** The course of the exercise, for \`--course\`. */
export const courseWord = ({ hasCourse }: Exported, folder: string): string =>
  hasCourse ? `${folder}/course` : 'built-in'
