/**
 * The one shape that both editors have: Monaco, and the plain text area for screen readers, phones and taste.
 *
 * The workbench knows only this. The learner's own file is the one that can be written; others are shown beside it.
 */
import type { Diagnostic, Position } from '#grader/verdict/verdict.ts'

/** A file that is shown and cannot be changed: the types of a course module, say. */
export interface ReadOnlyFile {
  name: string
  text: string
  /** The import path by which the learner's code knows it, where it has one. */
  module?: string
}

export interface CodeEditorOptions {
  /** The learner's file: `plugin.ts`. */
  fileName: string
  /** What a screen reader is told of it: its name, and how it is left. */
  label: string
  /** What running is called in the editor's own menus. */
  runLabel: string
  value: string
  readOnlyFiles: readonly ReadOnlyFile[]
  /** Course modules by import path: what completion, hover and the type check know. */
  types: Readonly<Record<string, string>>
  fontSizePx: number
  onChange(value: string): void
  /** Chosen from the editor's own menus. */
  onRun(): void
  /** The editor itself went to another file (go to definition). */
  onShow(fileName: string): void
}

export interface CodeEditor {
  readonly kind: 'monaco' | 'plain'
  value(): string
  /** Replaces the learner's text; one undo step takes it back. */
  setValue(value: string): void
  /** Shows the learner's file or one of the read-only ones. */
  show(fileName: string): void
  /** Moves the cursor there and gives the editor the focus. */
  goTo(position: Position): void
  /** Marks problems at their lines; `failedLine` is where the open failure points. */
  mark(problems: readonly Diagnostic[], failedLine: number | undefined): void
  setFontSize(px: number): void
  focus(): void
  dispose(): void
}

/** Two texts side by side, or one above the other where there is no room. */
export interface DiffView {
  dispose(): void
}
