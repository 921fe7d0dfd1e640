/**
 * The tab for a learner's own tests while the workbench lives: an editor of its own, opened when the tab is first shown, and the
 * desk behind it.
 */
import type { LitElement } from 'lit'
import type { Compiled, Position } from '#grader/verdict/verdict.ts'
import * as store from '../progress/browser.ts'
import { EditorController } from './editor-controller.ts'
import type { createGradingClient } from './grading-client.ts'
import { pageLocale } from './page-locale.ts'
import { type Against, createTestsDesk, type TestsDesk } from './tests-desk.ts'
import type { TestsModel } from './tests-view.ts'

export const TESTS_FILE = 'tests.ts'

export interface TestsBenchOwner {
  readonly grading: ReturnType<typeof createGradingClient>
  after(milliseconds: number, run: () => void): () => void
  /** Compiles the learner's code as it stands. */
  compileMine(): Promise<Compiled>
  /** The question above a hint, once hints are loaded. */
  hintTitle(key: string): string | undefined
  showHint(key: string): void
  /** Brings the tests' file before the learner's eyes. */
  showCode(): void
  /** A run begins: its results should be seen. */
  began(): void
}

export class TestsBench {
  readonly #host: LitElement
  readonly #owner: TestsBenchOwner
  readonly #editor: EditorController
  #desk: TestsDesk | undefined
  #starter = ''
  #types: Readonly<Record<string, string>> = {}
  #isOpen = false

  constructor(host: LitElement, owner: TestsBenchOwner) {
    this.#host = host
    this.#owner = owner
    this.#editor = new EditorController(host, {
      fileName: () => TESTS_FILE,
      typed: (text) => this.#desk?.typed(text),
      run: () => this.run('solutions'),
      // Who opens this tab means to write.
      wanted: () => Promise.resolve(),
    })
  }

  /** From now on there is a tab. `starter` is absent where the exercise takes no tests. */
  offer(
    exercise: { id: string; contentHash: string },
    starter: string | undefined,
    types: Readonly<Record<string, string>>,
  ): void {
    if (starter === undefined) return
    this.#starter = starter
    this.#types = types
    this.#desk = createTestsDesk({
      exercise: { ...exercise, starter },
      store,
      client: this.#owner.grading,
      locale: pageLocale(),
      compile: (source) => this.#editor.compile(source),
      compileMine: () => this.#owner.compileMine(),
      after: (milliseconds, run) => this.#owner.after(milliseconds, run),
      changed: () => this.#host.requestUpdate(),
    })
    this.#desk.open()
    this.#host.requestUpdate()
  }

  /** Opens the editor when the tab is shown for the first time, once the page has made room for it. */
  async show(): Promise<void> {
    if (this.#isOpen || !this.#desk) return
    this.#isOpen = true
    await this.#host.updateComplete
    await this.#editor.open(this.#desk.text(), this.#starter, this.#types)
  }

  get editor(): EditorController {
    return this.#editor
  }

  /** Goes over to the kind of editor that the code is in. */
  async switchEditor(kind: EditorController['kind']): Promise<void> {
    if (this.#isOpen && this.#desk && this.#editor.kind !== kind) await this.#editor.switch(this.#desk.text())
  }

  run(against: Against): void {
    if (!this.#desk || this.#desk.state().phase !== 'ready') return
    this.#owner.began()
    void this.#desk.run(against)
  }

  stop(): void {
    this.#desk?.stop()
  }

  reset(): void {
    if (this.#desk) this.#editor.setText(this.#desk.reset())
  }

  flush(): void {
    this.#desk?.flush()
  }

  /** Marks what the compiler said; cheap when nothing has changed. */
  mark(): void {
    if (this.#desk && this.#isOpen) this.#editor.markProblems(this.#desk.state().problems)
  }

  #goTo(position: Position): void {
    this.#owner.showCode()
    void this.#host.updateComplete.then(() => this.#editor.goTo(position))
  }

  model(isShown: boolean): TestsModel | undefined {
    const desk = this.#desk
    if (!desk) return undefined
    return {
      isShown,
      state: desk.state(),
      saving: desk.saving(),
      isStarter: desk.isStarter(),
      files: this.#editor.files,
      shownFile: this.#editor.shownFile || TESTS_FILE,
      editorHost: this.#editor.element,
      editorKind: this.#editor.kind,
      hintTitle: (key) => this.#owner.hintTitle(key),
      run: (against) => this.run(against),
      stop: () => this.stop(),
      undoReset: () => this.#editor.setText(desk.undoReset()),
      goTo: (position) => this.#goTo(position),
      showHint: (key) => this.#owner.showHint(key),
      showCode: () => this.#owner.showCode(),
    }
  }
}
