/**
 * What Monaco can do here: everything of its editor, and nothing of its other languages.
 *
 * Not picked by hand: features lean on each other's services without saying so, and leaving some out saves 3 % of the weight.
 * The last two lines are not part of Monaco's own register: without them completion and "go to definition" are silently absent.
 */
import 'monaco-editor/features/register.all'
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js'
import 'monaco-editor/editor/contrib/gotoSymbol/browser/goToCommands.js'
