/** The workbench's editor while it lives: which one it is, which file it shows, what is marked in it. */
import type { LitElement } from 'lit'
import type { Compiled, Diagnostic, Position } from '#grader/verdict/verdict.ts'
import type { ReadOnlyFile } from '../editor/code-editor.ts'
import { loadMonaco } from '../editor/editor-assets.ts'
import * as store from '../progress/browser.ts'
import { codeSize, stepCodeSize } from './code-size.ts'
import { type EditorKind, type EditorSlot, chooseEditor, openEditor } from './editor-slot.ts'
import { importedModules } from './exercise-files.ts'
import { words } from './words.ts'
import { type WorkbenchState, firstFailure } from './workbench-state.ts'

export interface EditorOwner {
  fileName(): string
  typed(text: string): void
  run(): void
  /** Resolves when the compiler should be made ready. */
  wanted(): Promise<void>
}

const WARM_UP_MS = 400

function wantedKind(): EditorKind {
  const isCoarse = matchMedia('(pointer: coarse)').matches
  return chooseEditor(store.preferences().editor, { isCoarse, width: innerWidth })
}

export class EditorController {
  readonly element = document.createElement('div')
  readonly #host: LitElement
  readonly #owner: EditorOwner
  #types: Readonly<Record<string, string>> = {}
  #readOnly: readonly ReadOnlyFile[] = []
  #slot: EditorSlot | undefined
  #opening: Promise<EditorSlot> | undefined
  /** What the marks were drawn from. */
  #marked: WorkbenchState | readonly Diagnostic[] | undefined
  shownFile = ''
  /** Why the editor is not the one that was asked for. */
  problem: string | undefined

  constructor(host: LitElement, owner: EditorOwner) {
    this.#host = host
    this.#owner = owner
    this.element.className = 'cw-editor-host'
  }

  get kind(): EditorKind | 'loading' {
    return this.#slot?.kind ?? 'loading'
  }

  get slot(): EditorSlot | undefined {
    return this.#slot
  }

  get files(): string[] {
    return [this.#owner.fileName(), ...this.#readOnly.map((file) => file.name)]
  }

  /** Its weight should be on the way while the rest is being read; what goes wrong is told when it is needed. */
  prefetch(): void {
    if (wantedKind() === 'monaco') void loadMonaco().catch(() => undefined)
  }

  /** Opens the editor that the learner prefers; beside their file, the declarations of what the starter imports. */
  async open(text: string, starter: string, types: Readonly<Record<string, string>>): Promise<void> {
    this.#types = types
    this.#readOnly = importedModules(starter).flatMap((module) => {
      const declarations = types[module]
      return declarations === undefined ? [] : [{ name: `${module.split('/')[1]!}.d.ts`, text: declarations, module }]
    })
    await this.#open(wantedKind(), text)
  }

  async #open(kind: EditorKind, text: string): Promise<void> {
    this.#slot?.dispose()
    this.#slot = this.#marked = this.problem = undefined
    this.shownFile = this.#owner.fileName()
    this.#host.requestUpdate()
    const options = {
      fileName: this.#owner.fileName(),
      label: words().editor(this.#owner.fileName()),
      runLabel: words().run,
      value: text,
      readOnlyFiles: this.#readOnly,
      types: this.#types,
      fontSizePx: codeSize(),
      onChange: (value: string) => this.#owner.typed(value),
      onRun: () => this.#owner.run(),
      onShow: (name: string) => this.#setShown(name),
    }
    this.#opening = openEditor(this.element, kind, options, (reason) => {
      this.problem = reason
    })
    const slot = await this.#opening
    this.#slot = slot
    this.#host.requestUpdate()
    // The compiler's first time is its slowest: let that pass before anybody waits for it.
    const warmUp = () => void slot.compile(text).catch(() => undefined)
    void this.#owner.wanted().then(() => setTimeout(warmUp, WARM_UP_MS))
  }

  /** Goes over to the other editor, or tries once more for the one that failed. */
  async switch(text: string): Promise<void> {
    const isRetry = this.problem !== undefined
    const next = isRetry || this.#slot?.kind === 'plain' ? 'monaco' : 'plain'
    if (!isRetry) store.setPreferences({ editor: next })
    await this.#open(next, text)
    this.#slot?.editor()?.focus()
  }

  /** Compiles with what the open editor has; waits for it if it is still being opened. */
  async compile(source: string): Promise<Compiled> {
    const slot = await this.#opening
    if (!slot) throw new Error('the editor has not been opened yet')
    return slot.compile(source)
  }

  #setShown(name: string): void {
    this.shownFile = name
    this.#host.requestUpdate()
  }

  show(name: string): void {
    this.#slot?.editor()?.show(name)
    this.#setShown(name)
  }

  setText(text: string): void {
    this.#slot?.editor()?.setValue(text)
    this.show(this.#owner.fileName())
  }

  goTo(position: Position): void {
    this.#setShown(this.#owner.fileName())
    this.#slot?.editor()?.goTo(position)
  }

  stepSize(step: number): void {
    this.#slot?.editor()?.setFontSize(stepCodeSize(step))
  }

  /** Marks problems at their lines, where nothing failed. */
  markProblems(problems: readonly Diagnostic[]): void {
    const editor = this.#slot?.editor()
    if (!editor || problems === this.#marked) return
    this.#marked = problems
    editor.mark(problems, undefined)
  }

  /** Marks what the state says about lines; cheap when nothing has changed. */
  mark(state: WorkbenchState): void {
    const editor = this.#slot?.editor()
    if (!editor || state === this.#marked) return
    this.#marked = state
    editor.mark(state.problems, state.isStale ? undefined : firstFailure(state.verdict)?.position?.line)
  }
}
