/**
 * The place in the workbench where the editor sits: chooses between Monaco and the plain one, loads it, and goes over to the
 * other without losing a letter. When Monaco cannot be loaded, the plain editor takes its place and says so.
 */
import type { Compiled } from '#grader/verdict/verdict.ts'
import type { CodeEditor, CodeEditorOptions, DiffView } from '../editor/code-editor.ts'
import { editorManifest, loadMonaco } from '../editor/editor-assets.ts'
import { createLanguageClient } from '../editor/language-client.ts'
import { createPlainEditor } from '../editor/plain-editor.ts'
import type { Preferences } from '../progress/progress.ts'

export type EditorKind = CodeEditor['kind']

const NARROW_PX = 760

/** What the compiler calls the learner's file, here as in the terminal, whatever its tab is called. */
const SUBMISSION_NAME = 'main.ts'

/** Without a choice: the plain editor on a small screen worked by finger, where Monaco is no pleasure. */
export function chooseEditor(
  preference: Preferences['editor'],
  screen: { isCoarse: boolean; width: number },
): EditorKind {
  if (preference !== 'automatic') return preference
  return screen.isCoarse && screen.width < NARROW_PX ? 'plain' : 'monaco'
}

export interface EditorSlot {
  readonly kind: EditorKind
  editor(): CodeEditor | undefined
  compile(source: string): Promise<Compiled>
  /** A difference view of Monaco's, if Monaco is what is open. */
  openDiff(host: HTMLElement, before: string, after: string): Promise<DiffView | undefined>
  dispose(): void
}

/** Opens an editor in `host`. `failed` hears why it is not the one that was asked for. */
export async function openEditor(
  host: HTMLElement,
  wanted: EditorKind,
  options: CodeEditorOptions,
  failed: (reason: string) => void,
): Promise<EditorSlot> {
  if (wanted === 'monaco') {
    try {
      const monaco = await loadMonaco()
      host.replaceChildren()
      const editor = monaco.createMonaco(host, options)
      return {
        kind: 'monaco',
        editor: () => editor,
        compile: (source) => monaco.compileInEditor({ source, fileName: SUBMISSION_NAME, types: options.types }),
        openDiff: async (place, before, after) => monaco.createMonacoDiff(place, before, after, options.fontSizePx),
        dispose: () => editor.dispose(),
      }
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error))
    }
  }
  const language = createLanguageClient()
  const editor = createPlainEditor(host, options)
  return {
    kind: 'plain',
    editor: () => editor,
    async compile(source) {
      // Where the types did not arrive with the editor, ask once more: without them everything would be an error.
      const types = Object.keys(options.types).length > 0 ? options.types : (await editorManifest()).types
      return language.compile({ source, fileName: SUBMISSION_NAME, types })
    },
    openDiff: async () => undefined,
    dispose() {
      language.dispose()
      editor.dispose()
    },
  }
}
